import { sessionCookieName, type SessionTokens, transportHeader } from '../contract/session-use.ts'
import { HttpErrors } from './http-errors.ts'
import type { HttpRequest } from './http-request.ts'

/** A session as a browser brings it. */
export interface PresentedSession {
  readonly accessToken: string
  readonly refreshToken: string
}

// Both tokens are of the unreserved characters of RFC 3986 without "~"; each of them is a cookie-octet (RFC 6265 §4.1.1).
const form = /^([\w.-]+)~([\w.-]+)$/

// RFC 6265bis §5.6: browsers drop a cookie whose name and value are longer.
const longest = 4096

const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict'

/** Takes the cookie away from a browser. */
export const noSessionCookie = `${sessionCookieName}=; ${attributes}; Max-Age=0`

/** @throws Error when browsers would not keep it. */
export function toSessionCookie({ accessToken, refreshToken, refreshExpiresIn }: SessionTokens): string {
  const value = `${refreshToken}~${accessToken}`
  const length = sessionCookieName.length + value.length
  if (length > longest)
    throw new Error(
      `The session takes ${length} bytes and browsers keep ${longest}: give the role fewer permissions, or use bearer mode.`,
    )
  return `${sessionCookieName}=${value}; ${attributes}; Max-Age=${refreshExpiresIn}`
}

/**
 * The value of the session cookie; null without one.
 *
 * @throws `http/ambiguous-credentials` for two: browsers keep one of this name, so another party has added the second.
 */
export function sessionCookieOf({ headers }: Pick<HttpRequest, 'headers'>): string | null {
  const found = (headers.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${sessionCookieName}=`))
  if (found.length > 1)
    throw HttpErrors.ambiguousCredentials({
      detail: `There are ${found.length} cookies ${sessionCookieName}.`,
    })
  return found[0]?.slice(sessionCookieName.length + 1) ?? null
}

/** @throws `http/invalid-token` */
export function toPresentedSession(cookie: string): PresentedSession {
  const [, refreshToken, accessToken] = form.exec(cookie) ?? []
  if (refreshToken === undefined || accessToken === undefined) throw HttpErrors.invalidToken()
  return { accessToken, refreshToken }
}

export const asksForCookie = ({ headers }: Pick<HttpRequest, 'headers'>): boolean =>
  headers.get(transportHeader.toLowerCase()) === 'cookie'

/**
 * Lets pages of the product itself through, and nobody else: what a browser adds on its own has to be met by what it says of where
 * the request comes from. A write needs both `Origin` and `Sec-Fetch-Site`; a read, for which browsers leave them out, needs those
 * that are there.
 *
 * @throws `http/cross-site`
 */
export function requireSameOrigin({ method, headers }: HttpRequest, ownOrigin: string): void {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const isRead = method === 'GET' || method === 'HEAD'
  const isOwnOrigin = origin === null ? isRead : origin === ownOrigin
  const isOwnSite = site === null ? isRead : site === 'same-origin' || site === 'none'
  if (!isOwnOrigin || !isOwnSite) throw HttpErrors.crossSite()
}
