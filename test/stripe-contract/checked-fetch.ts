import { stripeContract } from './contract.ts'

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface CheckedFetch {
  readonly fetch: Fetch
  /** What was wrong with requests and with answers of status 200, in their order. */
  readonly violations: string[]
  /** The operations that were called. */
  readonly calls: { readonly method: string; readonly path: string; readonly key: string | null }[]
}

/**
 * Holds everything that goes through to the contract of the stripe package.
 *
 * @param parseForm - Reads the parameters of a body or a query.
 */
export function checkedFetch(
  inner: Fetch,
  parseForm: (text: string) => Readonly<Record<string, unknown>>,
): CheckedFetch {
  const contract = stripeContract()
  const violations: string[] = []
  const calls: CheckedFetch['calls'] = []
  return {
    violations,
    calls,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { pathname, search } = new URL(request.url)
      const text = request.method === 'POST' ? await request.clone().text() : search.slice(1)
      calls.push({ method: request.method, path: pathname, key: request.headers.get('idempotency-key') })
      const say = (what: readonly string[]) =>
        violations.push(...what.map((each) => `${request.method} ${pathname}: ${each}`))
      say(contract.checkRequest(request.method, pathname, parseForm(text)))
      if (request.headers.get('stripe-version') !== contract.apiVersion) say(['another version'])
      const response = await inner(request)
      if (response.ok) say(contract.checkReply(request.method, pathname, await response.clone().json()))
      return response
    },
  }
}
