import { lookup } from 'node:dns/promises'
import {
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { addressRule, FetcherErrors } from '@corbel/core/ports'

export interface GuardOptions {
  /** Addresses and networks that may be reached besides the public ones, such as `10.1.0.0/16`, for a network of your own. */
  readonly allow?: readonly string[]
  /** All addresses of a name. @default the operating system's resolver */
  readonly resolve?: (name: string) => Promise<readonly string[]>
  /** Certificates to trust instead of the system's, in PEM. */
  readonly ca?: string
  /** Whether connections are used again. What they were checked for holds as long as they last. */
  readonly keepAlive: boolean
}

export interface OutgoingRequest extends Pick<RequestOptions, 'method' | 'headers'> {
  readonly body: string | Uint8Array<ArrayBuffer> | undefined
  readonly signal: AbortSignal
  /** Milliseconds without a byte. @default no limit */
  readonly idleMs?: number
}

/**
 * One request, without redirects. The addresses that were checked are the ones connected to: the check sits in the connection's own
 * look-up, so that no second answer of the name server comes in between.
 *
 * @throws `fetcher/address-refused` when any address of the name is not public.
 */
export function guardedRequest({ allow, resolve = systemResolver, ca, keepAlive }: GuardOptions) {
  const accepts = addressRule(allow)
  // Agents of its own: the global ones may take a proxy from the environment (NODE_USE_ENV_PROXY).
  const http = new HttpAgent({ keepAlive })
  const https = new HttpsAgent({ keepAlive, ...(ca !== undefined && { ca }) })
  const lookup = guardedLookup(resolve, accepts)

  return async (url: URL, { body, idleMs, ...options }: OutgoingRequest): Promise<IncomingMessage> => {
    // A literal address is never looked up.
    const host = url.hostname.replaceAll(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !accepts(host)) throw FetcherErrors.addressRefused()
    return new Promise<IncomingMessage>((resolve, reject) => {
      const request =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, lookup, agent: https })
          : httpRequest(url, { ...options, lookup, agent: http })
      request.once('response', resolve)
      if (idleMs !== undefined) request.setTimeout(idleMs, () => request.destroy(FetcherErrors.timedOut()))
      // Stays for the life of the request: an error after the answer began reaches its body as well.
      request.on('error', reject)
      request.end(body)
    })
  }
}

const systemResolver = async (name: string): Promise<readonly string[]> =>
  (await lookup(name, { all: true })).map(({ address }) => address)

function guardedLookup(
  resolve: (name: string) => Promise<readonly string[]>,
  accepts: (address: string) => boolean,
): LookupFunction {
  type Done = Parameters<LookupFunction>[2]
  const answer = async (name: string, all: boolean, done: Done): Promise<void> => {
    try {
      const addresses = await resolve(name)
      const [first] = addresses
      if (first === undefined) throw new Error('The name has no address.')
      if (!addresses.every(accepts)) throw FetcherErrors.addressRefused()
      const found = addresses.map((address) => ({ address, family: isIP(address) }))
      if (all) done(null, found)
      else done(null, first, isIP(first))
    } catch (error) {
      done(error as Error, [])
    }
  }
  return (name, { all = false }, done) => void answer(name, all, done)
}

/** Names in lower case; values of a repeated header joined. */
export const joinedHeaders = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
