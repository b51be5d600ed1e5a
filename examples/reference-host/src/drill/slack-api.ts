import { type LoopbackServer, openLoopback } from './loopback-server.ts'

export interface SlackCall {
  readonly method: string
  /** That Slack gave the message. */
  readonly ts: string
  readonly body: {
    readonly channel: string
    readonly text: string
    readonly ts?: string
    readonly thread_ts?: string
  }
}

export interface SlackApi extends LoopbackServer {
  readonly token: string
  /** What it accepted, oldest first. */
  readonly calls: SlackCall[]
  /** How often it asked to be left alone. */
  readonly refused: number
}

/** The part of Slack's Web API that a notifier uses. The first message is answered 429, as Slack does in a rush. */
export async function openSlackApi(): Promise<SlackApi> {
  const token = `xoxb-${crypto.randomUUID()}`
  const calls: SlackCall[] = []
  let refused = 0
  const server = await openLoopback((request, response, text) => {
    const method = request.url?.slice(1) ?? ''
    // Slack answers 200 to what it does not accept, too.
    if (request.headers.authorization !== `Bearer ${token}`)
      return void response.end(JSON.stringify({ ok: false, error: 'invalid_auth' }))
    if (!method.startsWith('chat.')) return void response.end(JSON.stringify({ ok: true }))
    if (refused === 0) {
      refused++
      return void response.writeHead(429, { 'retry-after': '1' }).end()
    }
    const ts = `1700000000.${String(calls.length + 1).padStart(6, '0')}`
    calls.push({ method, ts, body: JSON.parse(text) as SlackCall['body'] })
    response.end(JSON.stringify({ ok: true, ts }))
  })
  return {
    ...server,
    token,
    calls,
    get refused() {
      return refused
    },
  }
}
