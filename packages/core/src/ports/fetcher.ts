import { defineErrors } from '../kernel/errors.ts'
import type { PortAdapter } from './adapter.ts'

export const FetcherErrors = defineErrors('fetcher', {
  invalidUrl: {
    status: 422,
    title: 'The address cannot be fetched.',
    fix: 'Give a complete http or https address without a user name or password in it.',
  },
  invalidHeader: {
    status: 422,
    title: 'A header cannot be sent.',
    fix: 'Leave out headers that steer the connection, and line breaks in values.',
  },
  addressRefused: {
    status: 422,
    title: 'The address does not lead to the public internet.',
    fix: 'Give an address that everybody can reach. For your own network, the operator allows it in the fetcher.',
  },
  tooLarge: {
    status: 422,
    title: 'The answer is larger than allowed.',
    fix: 'Ask for less, or give an address with a smaller answer.',
  },
  tooManyRedirects: {
    status: 422,
    title: 'The address redirects too often.',
    fix: 'Give the address at which the redirects end.',
  },
  timedOut: {
    status: 503,
    title: 'The other side did not answer in time.',
    fix: 'Try again later.',
  },
  unreachable: {
    status: 503,
    title: 'The other side cannot be reached.',
    fix: 'Check the address, then try again later.',
  },
})

export type FetcherMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export interface FetcherRequest {
  /** @default 'GET' */
  readonly method?: FetcherMethod
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  /** Milliseconds for all of it: names, connections, redirects and the last byte. 1 to 2147483647. @default 10000 */
  readonly timeoutMs?: number
  /** Most bytes of the answer's body, as sent and as decompressed. At least 0. @default 1048576, 1 MiB */
  readonly maxBytes?: number
  /** Most redirects followed. At least 0. @default 3 */
  readonly maxRedirects?: number
  readonly signal?: AbortSignal
}

export interface FetcherResponse {
  readonly status: number
  /** Names in lower case; values of a repeated header joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed. */
  readonly body: Uint8Array<ArrayBuffer>
  /** Where the answer came from, after redirects, without fragment. */
  readonly url: string
}

/**
 * HTTP requests to addresses that users gave: webhooks, probes, tools. It connects to public addresses only, however the
 * address is written, whatever its name resolves to at the moment of connecting, and on every redirect. It takes no proxy
 * from the environment.
 *
 * An answer of any status is an answer. Redirects (301, 302, 303, 307, 308 with `Location`) are followed as browsers do:
 * 303, and 301 and 302 after POST, go on as GET without the body. Of the given headers only `accept`,
 * `accept-language`, `content-type` and `user-agent` go on to another origin.
 *
 * Rejects with the signal's reason when the signal aborts, and with a RangeError for a limit that is not a whole number in
 * its range.
 *
 * @throws `fetcher/invalid-url` for anything but http and https, and for user names and passwords in the address.
 * @throws `fetcher/invalid-header` for a header that steers the connection or the encoding, or could forge another.
 * @throws `fetcher/address-refused` when any address of the name is not public.
 * @throws `fetcher/too-large` as soon as the body exceeds `maxBytes`, sent or decompressed.
 * @throws `fetcher/too-many-redirects` when there are more than `maxRedirects`.
 * @throws `fetcher/timed-out` when it takes longer than `timeoutMs`.
 * @throws `fetcher/unreachable` when there is no connection, or no answer that can be read.
 */
export interface Fetcher extends PortAdapter {
  fetch(url: string, request?: FetcherRequest): Promise<FetcherResponse>
}
