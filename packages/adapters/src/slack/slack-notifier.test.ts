import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  memoryCache,
  type Notification,
  notifierConformance,
  Secret,
  type Severity,
} from '@corbel/core/ports'
import { afterEach, describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { colors } from './slack-message.ts'
import { slackNotifier } from './slack-notifier.ts'

interface Call {
  readonly method: string
  readonly body: Readonly<Record<string, unknown>>
}

interface Section {
  readonly elements: readonly { readonly text?: string; readonly url?: string }[]
}

const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** The part of Slack's Web API that is used: it answers 200 with `ok: false` to what it refuses. */
async function openSlack() {
  const calls: Call[] = []
  const slack = {
    calls,
    broken: null as { readonly status: number; readonly headers?: Record<string, string> } | null,
    url: '',
    error: '',
  }
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as Call['body']
    const answer = (content: object): void => void response.end(JSON.stringify(content))
    if (slack.broken) return void response.writeHead(slack.broken.status, slack.broken.headers).end('down')
    if (request.headers.authorization !== 'Bearer xoxb-test')
      return answer({ ok: false, error: 'invalid_auth' })
    if (slack.error !== '') return answer({ ok: false, error: slack.error })
    calls.push({ method: request.url?.slice(1) ?? '', body })
    answer({ ok: true, ts: `1700000000.00000${calls.length}` })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  slack.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  closing.push(() => (server.closeAllConnections(), server.close()))
  return slack
}

const severityOf = (color: unknown) =>
  (Object.keys(colors) as Severity[]).find((severity) => colors[severity] === color) ?? 'info'

function read({ body }: Call): Omit<Notification, 'id'> {
  const [attachment] = body['attachments'] as [{ color: string; blocks: [{ elements: Section[] }] }]
  const [title, ...rest] = attachment.blocks[0].elements.map(({ elements }) => elements[0])
  const link = rest.find((element) => element?.url !== undefined)?.url
  return {
    channel: body['channel'] === 'C1' ? 'alerts' : 'unknown',
    title: title?.text ?? '',
    text: rest.find((element) => element?.text !== undefined)?.text ?? '',
    severity: severityOf(attachment.color),
    ...(link !== undefined && { link }),
  }
}

const notifierOf = ({ url }: { readonly url: string }, token = 'xoxb-test', threads = memoryCache()) =>
  slackNotifier({ token: new Secret(token), channels: { alerts: 'C1' }, baseUrl: url, threads })

const down: Notification = {
  id: 'evt_1',
  channel: 'alerts',
  title: 'API is down <!channel>',
  text: 'We look into it.',
  severity: 'critical',
  thread: 'inc_1',
}

describe('slack notifier', () => {
  notifierConformance(conforming('notifier', 'slack'), async () => {
    const slack = await openSlack()
    return {
      notifier: notifierOf(slack),
      channel: 'alerts',
      delivered: async () => slack.calls.map(read),
      fail: async () => void (slack.broken = { status: 503 }),
    }
  })

  test('an incident is one message, its updates are answers, and the message shows the newest', async () => {
    const slack = await openSlack()
    const threads = memoryCache()
    await notifierOf(slack, 'xoxb-test', threads).send(down)
    // Another process, with the same cache.
    await notifierOf(slack, 'xoxb-test', threads).send({
      ...down,
      id: 'evt_2',
      title: 'API is back',
      severity: 'info',
    })
    const [first, answer, update] = slack.calls
    expect(slack.calls.map(({ method }) => method)).toEqual([
      'chat.postMessage',
      'chat.postMessage',
      'chat.update',
    ])
    expect(first?.body['thread_ts']).toBe(undefined)
    expect(answer?.body['thread_ts']).toBe('1700000000.000001')
    expect(update?.body).toMatchObject({ ts: '1700000000.000001', text: 'API is back' })
  })

  test('mentions nobody', async () => {
    const slack = await openSlack()
    await notifierOf(slack).send(down)
    expect(slack.calls[0]?.body['text']).toBe('API is down &lt;!channel&gt;')
    expect(JSON.stringify(slack.calls[0]?.body['attachments'])).not.toContain('mrkdwn')
  })

  test('says how long Slack wants to be left alone', async () => {
    const slack = await openSlack()
    slack.broken = { status: 429, headers: { 'retry-after': '30' } }
    await expect(notifierOf(slack).send(down)).rejects.toMatchObject({
      code: 'notifier/unavailable',
      details: { retryAfter: 30 },
    })
    slack.broken = null
    await notifierOf(slack).send(down)
    expect(slack.calls).toHaveLength(1)
  })

  test.each([
    ['msg_too_long', 'notifier/refused'],
    ['ratelimited', 'notifier/unavailable'],
    ['channel_not_found', 'notifier/unavailable'],
    ['internal_error', 'notifier/unavailable'],
  ])('%s is %s', async (error, code) => {
    const slack = await openSlack()
    slack.error = error
    await expect(notifierOf(slack).send(down)).rejects.toMatchObject({ code })
  })

  test('a wrong token is in no error, and fails the check', async () => {
    const slack = await openSlack()
    const failure = await notifierOf(slack, 'xoxb-wrong')
      .check?.()
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'notifier/unavailable' })
    expect(String((failure as Error).stack) + JSON.stringify(failure)).not.toContain('xoxb-wrong')
    await notifierOf(slack).check?.()
  })
})
