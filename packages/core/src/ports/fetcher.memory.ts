import { parseIp } from '../kernel/cidr.ts'
import { type Fetcher, FetcherErrors } from './fetcher.ts'
import { guardedFetcher } from './guarded-fetcher.ts'
import { addressRule } from './public-address.ts'

export interface MemoryFetcherOptions {
  /** Stands for every server there is. */
  readonly answer: (request: Request) => Promise<Response>
  /** What a name resolves to. @default every name to one public address */
  readonly resolve?: (name: string) => Promise<readonly string[]>
  /** Addresses and networks that may be reached besides the public ones. */
  readonly allow?: readonly string[]
  /** @default false */
  readonly httpsOnly?: boolean
}

// Nothing connects to it: the address of one.one.one.one stands for any that is public.
const somewhere = async (): Promise<readonly string[]> => ['1.1.1.1']

/** A fetcher without a network, for tests: it follows every rule and then asks `answer`. */
export function memoryFetcher({
  answer,
  resolve = somewhere,
  allow = [],
  httpsOnly = false,
}: MemoryFetcherOptions): Fetcher {
  const accepts = addressRule(allow)
  return guardedFetcher({
    adapter: { name: 'memory' },
    httpsOnly,
    send: async ({ url, method, headers, body }, signal) => {
      const host = url.hostname.replaceAll(/^\[|\]$/g, '')
      const addresses = parseIp(host) ? [host] : await resolve(host)
      if (addresses.length === 0) throw new Error(`${host} has no address.`)
      if (!addresses.every(accepts)) throw FetcherErrors.addressRefused()
      const response = await answer(
        new Request(url, { method, headers: [...headers], ...(body !== undefined && { body }), signal }),
      )
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: response.body ?? ReadableStream.from<Uint8Array>([]),
        discard: () => {},
      }
    },
  })
}
