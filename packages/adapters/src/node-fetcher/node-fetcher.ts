import { type Fetcher, guardedFetcher, type SendHop } from '@corbel/core/ports'
import { guardedRequest, type GuardOptions, joinedHeaders } from './guarded-request.ts'

export interface NodeFetcherOptions extends Omit<GuardOptions, 'keepAlive'> {
  /** Refuses plain http, also on redirects. @default false */
  readonly httpsOnly?: boolean
}

/** Outbound HTTP over `node:http`. Connections are never reused. */
export function nodeFetcher({ httpsOnly = false, ...guard }: NodeFetcherOptions = {}): Fetcher {
  const request = guardedRequest({ ...guard, keepAlive: false })
  const send: SendHop = async ({ url, method, headers, body }, signal) => {
    const answer = await request(url, { method, headers: Object.fromEntries(headers), body, signal })
    return {
      status: answer.statusCode ?? 0,
      headers: joinedHeaders(answer.headers),
      body: answer,
      discard: () => void answer.destroy(),
    }
  }
  return guardedFetcher({ adapter: { name: 'node' }, send, httpsOnly })
}
