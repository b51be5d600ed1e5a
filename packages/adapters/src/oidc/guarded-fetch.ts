import type { Fetcher } from '@corbel/core/ports'
import type { CustomFetch } from 'openid-client'

export interface GuardedFetchOptions {
  readonly fetcher: Fetcher
  /** Milliseconds for one request. */
  readonly timeoutMs: number
  /** Whether the address may be reached at all, beyond what the fetcher says. */
  readonly accepts: (url: string) => boolean
}

/** The fetch of openid-client, by way of the fetcher and its guard. Nothing is redirected: OpenID Connect has no use for it. */
export const guardedFetch =
  ({ fetcher, timeoutMs, accepts }: GuardedFetchOptions): CustomFetch =>
  async (url, { method, headers, body }) => {
    if (!accepts(url)) throw new Error('The address is neither https nor one that is allowed.')
    const answer = await fetcher.fetch(url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      ...(body instanceof URLSearchParams && { body: body.toString() }),
      timeoutMs,
      maxRedirects: 0,
      maxBytes: 262_144,
    })
    const { status } = answer
    const isEmpty = status === 204 || status === 205 || status === 304
    const response = new Response(isEmpty ? null : answer.body, { status, headers: answer.headers })
    return Object.defineProperty(response, 'url', { value: answer.url })
  }
