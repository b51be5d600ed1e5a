import assert from 'node:assert/strict'
import { mailsTo } from './mailbox.ts'
import { reader, type StatusDrill, statusPath } from './status-drill.ts'
import { until } from './until.ts'

export interface Subscribers {
  readonly mailId: string
  readonly webhookId: string
  /** Signs what the webhook is sent. */
  readonly secret: string
}

interface Listed {
  readonly id: string
  readonly channel: string
  readonly state: string
}

const subscriptions = `${statusPath}/subscriptions`

/** By mail and by webhook. Slack is told by the operators' own bot. */
export async function subscribe(drill: StatusDrill): Promise<Subscribers> {
  const { tour, webhook, token } = drill
  tour.chapter('Who wants to be told')
  await tour.show('an address is given', 202, 'POST', subscriptions, {
    body: { channel: 'email', target: reader },
  })
  const { links = [] } = await tour.mail(reader, 'Updates of the status of')
  const link = links.find((one) => one.startsWith(`${tour.url}/status/confirm?`)) ?? ''
  const question = await fetch(link)
  assert.equal(question.status, 200)
  assert.match(await question.text(), /<form method="post">/)
  const listed = async () => {
    const { body } = await tour.call('GET', subscriptions, { token })
    return body['data'] as readonly Listed[]
  }
  assert.deepEqual(
    (await listed()).map(({ state }) => state),
    ['pending'],
  )
  tour.tell('its link, as a mail program follows it: a question, and nothing has begun')
  assert.equal((await fetch(link, { method: 'POST' })).status, 200)
  tour.tell('the button behind it: confirmed')
  assert.equal((await fetch(link, { method: 'POST' })).status, 422)
  tour.tell('the button again: the link is spent')

  await tour.show('a webhook is given', 202, 'POST', subscriptions, {
    body: { channel: 'webhook', target: webhook.url },
  })
  await until('the webhook is asked', () => webhook.challenges.length === 1)
  const { token: proof, answerAt } = webhook.challenges[0]?.body.data ?? {}
  const answerPath = String(answerAt).slice(tour.url.length)
  const forged = `${String(proof).slice(0, -8)}AAAAAAAA`
  await tour.show('a forged answer to its challenge', 422, 'POST', answerPath, { body: { token: forged } })
  const { secret } = await tour.show('the answer', 200, 'POST', answerPath, { body: { token: proof } })
  const all = await listed()
  assert.ok(all.length === 2 && all.every(({ state }) => state === 'active'), JSON.stringify(all))
  const idOf = (channel: string) => all.find((one) => one.channel === channel)?.id ?? ''
  return { mailId: idOf('email'), webhookId: idOf('webhook'), secret: String(secret) }
}

/** One click in a mail program. What is said afterwards reaches the others alone. */
export async function unsubscribe({ tour }: StatusDrill): Promise<void> {
  tour.chapter('One click')
  const url = mailsTo(tour, reader).at(-1)?.unsubscribe ?? ''
  const clicked = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  })
  assert.equal(clicked.status, 200)
  tour.tell('the one click of RFC 8058, without a cookie: unsubscribed')
}
