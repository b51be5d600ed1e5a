import type { IncomingHttpHeaders } from 'node:http'
import { type LoopbackServer, openLoopback } from './loopback-server.ts'

export interface Posted {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }
}

export interface WebhookSubscriber extends LoopbackServer {
  readonly challenges: Posted[]
  /** What it accepted, oldest first. */
  readonly accepted: Posted[]
  readonly refused: Posted[]
}

/** A subscriber's server. It fails once, as servers do. */
export async function openWebhookSubscriber(): Promise<WebhookSubscriber> {
  const challenges: Posted[] = []
  const accepted: Posted[] = []
  const refused: Posted[] = []
  const server = await openLoopback(({ headers }, response, text) => {
    const posted: Posted = { headers, text, body: JSON.parse(text) as Posted['body'] }
    const isChallenge = posted.body.type === 'status.subscription.challenge'
    const isFailing = !isChallenge && refused.length === 0
    const list = isChallenge ? challenges : isFailing ? refused : accepted
    list.push(posted)
    response.writeHead(isFailing ? 503 : 204).end()
  })
  return { ...server, challenges, accepted, refused }
}
