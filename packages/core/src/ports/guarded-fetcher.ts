import { DomainError } from '../kernel/errors.ts'
import type { AdapterInfo } from './adapter.ts'
import { type Fetcher, FetcherErrors, type FetcherRequest, type FetcherResponse } from './fetcher.ts'
import { readBody } from './fetcher-body.ts'
import { firstHop, type Hop, nextHop } from './fetcher-request.ts'

/** What came back from one request, before anything was read of its body. */
export interface HopAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** As it was sent, still compressed. */
  readonly body: AsyncIterable<Uint8Array>
  /** Lets go of the connection. */
  discard(): void
}

/**
 * Sends one request with the headers given, follows nothing, and refuses to connect to an address that is not allowed by
 * throwing `fetcher/address-refused`. Gives up when the signal aborts.
 */
export type SendHop = (hop: Hop, signal: AbortSignal) => Promise<HopAnswer>

export interface GuardedFetcherOptions {
  readonly adapter: AdapterInfo
  readonly send: SendHop
  readonly httpsOnly: boolean
}

/** Everything of a {@link Fetcher} but the connection: addresses as written, headers, redirects and limits. */
export const guardedFetcher = ({ adapter, send, httpsOnly }: GuardedFetcherOptions): Fetcher => ({
  adapter,
  fetch: async (url, request = {}) => {
    const limits = checkLimits(request)
    const { signal } = request
    signal?.throwIfAborted()
    const hop = firstHop(url, request, httpsOnly)
    const stop = new AbortController()
    const stopped = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(asError(stop.signal.reason)))
    })
    const timer = setTimeout(() => stop.abort(FetcherErrors.timedOut()), limits.timeoutMs)
    const cancel = (): void => stop.abort(signal?.reason)
    signal?.addEventListener('abort', cancel)
    try {
      return await Promise.race([follow(send, hop, limits, httpsOnly, stop.signal), stopped])
    } catch (error) {
      if (stop.signal.aborted) throw asError(stop.signal.reason)
      throw error instanceof DomainError ? error : FetcherErrors.unreachable({}, { cause: error })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      stopped.catch(() => {})
      stop.abort()
    }
  },
})

type Limits = Readonly<Record<'timeoutMs' | 'maxBytes' | 'maxRedirects', number>>

async function follow(
  send: SendHop,
  first: Hop,
  { maxBytes, maxRedirects }: Limits,
  httpsOnly: boolean,
  signal: AbortSignal,
): Promise<FetcherResponse> {
  let hop = first
  for (let redirects = 0; ; redirects++) {
    const answer = await send(hop, signal)
    try {
      const { status, headers } = answer
      const next = nextHop(hop, status, headers['location'], httpsOnly)
      if (next === null) {
        const hasNone = hop.method === 'HEAD' || status === 204 || status === 304
        const body = hasNone
          ? new Uint8Array()
          : await readBody(answer.body, headers['content-encoding'], maxBytes)
        return { status, headers, body, url: hop.url.href }
      }
      if (redirects === maxRedirects) throw FetcherErrors.tooManyRedirects()
      hop = next
    } finally {
      answer.discard()
    }
  }
}

function checkLimits({ timeoutMs = 10_000, maxBytes = 1_048_576, maxRedirects = 3 }: FetcherRequest): Limits {
  const limits = { timeoutMs, maxBytes, maxRedirects }
  for (const [name, value] of Object.entries(limits)) {
    const [least, most] = name === 'timeoutMs' ? [1, longestTimer] : [0, Number.MAX_SAFE_INTEGER]
    if (!Number.isInteger(value) || value < least || value > most)
      throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}.`)
  }
  return limits
}

// Timers take 32 bits, and fire at once beyond.
const longestTimer = 2 ** 31 - 1

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error('aborted', { cause: reason })
