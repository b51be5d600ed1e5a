import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { type FiledMail, mailsTo } from './mailbox.ts'
import { reader, type StatusDrill, statusPath } from './status-drill.ts'
import type { Subscribers } from './subscribe.ts'
import { until } from './until.ts'
import type { Posted } from './webhook-subscriber.ts'

/** What came of the updates of the incident, on each way. */
const mails = ({ tour }: StatusDrill): readonly FiledMail[] =>
  mailsTo(tour, reader).filter(({ subject }) => subject.includes(' status] '))
const answers = ({ slack }: StatusDrill) => slack.calls.filter(({ method }) => method === 'chat.postMessage')

/** By mail, webhook and Slack. */
type Counts = readonly [number, number, number]

/** Waits until so many updates came on each way. */
export const toldOf = (drill: StatusDrill, counts: Counts): Promise<void> =>
  until('all updates are told', () =>
    [mails(drill), drill.webhook.accepted, answers(drill)].every(
      ({ length }, way) => length >= (counts[way] ?? 0),
    ),
  )

/** The log of deliveries to a subscriber, oldest first: the ids of the events. */
async function logged({ tour, token }: StatusDrill, subscriptionId: string): Promise<readonly string[]> {
  const path = `${statusPath}/subscriptions/${subscriptionId}/deliveries`
  interface Row {
    readonly eventId: string
    readonly status: string
  }
  let rows: readonly Row[] = []
  // A delivery is noted after it was accepted.
  await until('the log has everything as delivered', async () => {
    const { body } = await tour.call('GET', path, { token })
    rows = body['data'] as readonly Row[]
    return rows.every(({ status }) => status === 'delivered')
  })
  return rows.map(({ eventId }) => eventId).toReversed()
}

/** Both logs have the same events as the webhook received. */
export async function showLogs(drill: StatusDrill, { mailId, webhookId }: Subscribers): Promise<void> {
  const events = drill.webhook.accepted.map(eventOf)
  assert.deepEqual(await logged(drill, webhookId), events)
  assert.deepEqual(await logged(drill, mailId), events)
  drill.tour.tell(`the logs of both subscribers: the same ${events.length} events, each delivered`)
}

const eventOf = ({ headers }: Posted): string => String(headers['webhook-id'])

/**
 * Of a host that has ended, so that nothing more can come: every event exactly once on each way, in its order.
 *
 * @param states - Of all updates.
 * @param mailed - How many of them the mails were about, before they were ended.
 */
export function showExactlyOnce(
  drill: StatusDrill,
  { mailId, secret }: Subscribers,
  states: readonly string[],
  mailed: number,
): void {
  const { tour, slack, webhook } = drill
  tour.chapter('What came, after the host has ended')
  const events = webhook.accepted.map(eventOf)
  assert.deepEqual(
    webhook.accepted.map(({ body }) => body.data['state']),
    states,
  )
  assert.equal(new Set(events).size, states.length)
  for (const posted of webhook.accepted) assert.ok(isSigned(posted, secret), 'a signature is wrong')
  assert.deepEqual(webhook.refused.map(eventOf), events.slice(0, 1))
  tour.tell(
    `webhook: ${events.length} events, each once, signed and in order; what it failed on came again, same id`,
  )

  // The id of a mail is that of the event and of the subscription.
  const idOf = (event: string) => createHash('sha256').update(`${event}:${mailId}`).digest('hex').slice(0, 24)
  assert.deepEqual(
    mails(drill).map(({ messageId }) => messageId),
    events.slice(0, mailed).map(idOf),
  )
  tour.tell(`mail: the first ${mailed} of them, each once and in order; none after the click`)

  const [first, ...rest] = answers(drill)
  const said = [first, ...rest].map((call) => call?.body.text.split(':')[0]?.toLowerCase())
  assert.deepEqual(said, states)
  assert.equal(first?.body.thread_ts, undefined)
  assert.ok(rest.every(({ body }) => body.thread_ts === first?.ts))
  const edits = slack.calls.filter(({ method }) => method === 'chat.update')
  assert.ok(edits.length === rest.length && edits.every(({ body }) => body.ts === first?.ts))
  assert.equal(slack.refused, 1)
  tour.tell(`Slack: one message, ${rest.length} answers in its thread, each once; its 429 was waited for`)
}

/** Standard Webhooks 1.0: whether it was signed with this secret. */
function isSigned({ headers, text }: Posted, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}
