import { FetcherErrors, type FetcherMethod, type FetcherRequest } from './fetcher.ts'

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL
  readonly method: FetcherMethod
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string | Uint8Array<ArrayBuffer> | undefined
}

/** @throws `fetcher/invalid-url` and `fetcher/invalid-header`. */
export const firstHop = (
  url: string,
  { method = 'GET', headers = {}, body }: FetcherRequest,
  httpsOnly: boolean,
): Hop => ({
  url: checkUrl(url, undefined, httpsOnly),
  method,
  headers: checkHeaders(headers).set('accept-encoding', 'gzip, deflate'),
  body,
})

const redirects = new Set([301, 302, 303, 307, 308])

/** Where a redirect leads, or null for an answer that is not one. @throws `fetcher/invalid-url` when it leads nowhere allowed. */
export function nextHop(
  hop: Hop,
  status: number,
  location: string | undefined,
  httpsOnly: boolean,
): Hop | null {
  if (!redirects.has(status) || location === undefined) return null
  const url = checkUrl(location, hop.url, httpsOnly)
  const asGet =
    (status === 303 && hop.method !== 'HEAD') || ((status === 301 || status === 302) && hop.method === 'POST')
  const headers = [...hop.headers].filter(
    ([name]) => (url.origin === hop.url.origin || travels.has(name)) && !(asGet && describesBody.has(name)),
  )
  return {
    url,
    method: asGet ? 'GET' : hop.method,
    headers: new Map(headers),
    body: asGet ? undefined : hop.body,
  }
}

function checkUrl(text: string, base: URL | undefined, httpsOnly: boolean): URL {
  const url = URL.parse(text, base?.href)
  if (url === null) throw FetcherErrors.invalidUrl()
  if (url.protocol !== 'https:' && (httpsOnly || url.protocol !== 'http:')) {
    throw FetcherErrors.invalidUrl({
      detail: `Only ${httpsOnly ? 'https' : 'http and https'} can be fetched.`,
    })
  }
  if (url.username !== '' || url.password !== '') throw FetcherErrors.invalidUrl()
  url.hash = ''
  return url
}

/** Everything else may hold a credential under a name that nobody knows. */
const travels = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent'])

const describesBody = new Set(['content-type', 'content-language', 'content-location'])

/** RFC 9110 §7.6.1 and Fetch's forbidden names: these frame the message or choose its receiver. */
const steering =
  /^(?:host|connection|keep-alive|content-length|content-encoding|transfer-encoding|te|trailer|upgrade|expect|accept-encoding|proxy-.*)$/

const token = /^[\w!#$%&'*+.^`|~-]+$/
// Printable Latin-1, spaces and tabs (RFC 9110 §5.5).
const printable = /^[\t -~\u0080-\u00ff]*$/

function checkHeaders(headers: Readonly<Record<string, string>>): Map<string, string> {
  const checked = new Map<string, string>()
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    if (!token.test(name) || steering.test(name) || !printable.test(value) || checked.has(name))
      throw FetcherErrors.invalidHeader()
    checked.set(name, value)
  }
  return checked
}
