import { lookup } from 'node:dns/promises'
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { addressRule, type Fetcher, FetcherErrors, guardedFetcher, type SendHop } from '@corbel/core/ports'

export interface NodeFetcherOptions {
  /** Addresses and networks that may be reached besides the public ones, such as `10.1.0.0/16`, for a network of your own. */
  readonly allow?: readonly string[]
  /** Refuses plain http, also on redirects. @default false */
  readonly httpsOnly?: boolean
  /** All addresses of a name. @default the operating system's resolver */
  readonly resolve?: (name: string) => Promise<readonly string[]>
  /** Certificates to trust instead of the system's, in PEM. */
  readonly ca?: string
}

/**
 * Outbound HTTP over `node:http`. The addresses that were checked are the ones connected to: the check sits in the
 * connection's own look-up, so that no second answer of the name server comes in between. Connections are never reused.
 */
export function nodeFetcher({
  allow,
  httpsOnly = false,
  resolve = systemResolver,
  ca,
}: NodeFetcherOptions = {}): Fetcher {
  const accepts = addressRule(allow)
  // Agents of its own: the global ones may take a proxy from the environment (NODE_USE_ENV_PROXY).
  const http = new HttpAgent({ keepAlive: false })
  const https = new HttpsAgent({ keepAlive: false, ...(ca !== undefined && { ca }) })
  const lookup = guardedLookup(resolve, accepts)

  const send: SendHop = async ({ url, method, headers, body }, signal) => {
    // A literal address is never looked up.
    const host = url.hostname.replaceAll(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !accepts(host)) throw FetcherErrors.addressRefused()
    const isHttps = url.protocol === 'https:'
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method, headers: Object.fromEntries(headers), lookup, signal }
      const request = isHttps
        ? httpsRequest(url, { ...options, agent: https })
        : httpRequest(url, { ...options, agent: http })
      request.once('response', resolve)
      // Stays for the life of the request: an error after the answer began reaches its body as well.
      request.on('error', reject)
      request.end(body)
    })
    return {
      status: answer.statusCode ?? 0,
      headers: joined(answer.headers),
      body: answer,
      discard: () => void answer.destroy(),
    }
  }

  return guardedFetcher({ adapter: { name: 'node' }, send, httpsOnly })
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

const joined = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
