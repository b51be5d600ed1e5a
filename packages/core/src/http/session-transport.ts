import type { Endpoint } from '../contract/contract.ts'
import { needsPrincipal } from '../contract/access.ts'
import { type SessionTokens, takesRefreshToken, withoutTokens } from '../contract/session-use.ts'
import { DomainError } from '../kernel/errors.ts'
import { HttpErrors } from './http-errors.ts'
import type { HttpRequest, IncomingRequest } from './http-request.ts'
import { Alternative } from './implement.ts'
import type { OpenStreams } from './open-streams.ts'
import { createRequestReader, type ReadBody } from './request-reader.ts'
import { createResponseWriter, type ResponseWriter, type WriteContext } from './response-writer.ts'
import {
  asksForCookie,
  noSessionCookie,
  type PresentedSession,
  requireSameOrigin,
  sessionCookieOf,
  toPresentedSession,
  toSessionCookie,
} from './session-cookies.ts'

/** A request in cookie mode. The session is null where one is only to be opened. */
export interface CookieMode {
  readonly session: PresentedSession | null
}

/** How one endpoint takes and gives sessions in cookies. */
export interface SessionTransport {
  /**
   * Null in bearer mode: there is no cookie and none is asked for, or the endpoint has nothing to do with sessions.
   *
   * @throws `http/ambiguous-credentials`, `http/cross-site`, `http/cookie-mode-off`, `http/invalid-token`.
   */
  modeOf(request: HttpRequest): CookieMode | null
  /** The body of a request in cookie mode: the refresh token comes from the cookie, and nothing beside it. */
  readonly readBody: (request: IncomingRequest, mode: CookieMode) => Promise<ReadBody>
  /** Writes an answer in cookie mode: the tokens go into the cookie and nowhere else. */
  readonly write: ResponseWriter
  /** What is to be done in cookie mode when it fails: a session that has ended leaves no cookie behind. */
  failed(error: unknown, headers: Record<string, string>): void
}

interface Plain {
  readonly readBody: (request: IncomingRequest) => Promise<ReadBody>
  readonly write: ResponseWriter
  readonly maxBodyBytes: number
  readonly watches: readonly OpenStreams[]
}

export function createSessionTransport(
  endpoint: Endpoint,
  {
    sessionCookies = false,
    publicUrl,
  }: { readonly sessionCookies?: boolean | undefined; readonly publicUrl: string },
  plain: Plain,
): SessionTransport {
  const ownOrigin = new URL(publicUrl).origin
  const isConcerned = needsPrincipal(endpoint.access) || endpoint.session !== undefined
  const bySession = takesRefreshToken(endpoint)
  const { body: _body, ...withoutBody } = endpoint
  const empty = createRequestReader(withoutBody, plain.maxBodyBytes)
  return {
    modeOf(request) {
      const asked = endpoint.session === 'opens' && asksForCookie(request)
      if (asked && !sessionCookies) throw HttpErrors.cookieModeOff()
      const cookie = sessionCookies && isConcerned ? sessionCookieOf(request) : null
      if (cookie === null && !asked) return null
      if (request.headers.has('authorization')) throw HttpErrors.ambiguousCredentials()
      requireSameOrigin(request, ownOrigin)
      // Whoever signs in anew needs nothing of the session before, which may be of any age.
      const isAnonymous = endpoint.session === 'opens' || cookie === null
      return { session: isAnonymous ? null : toPresentedSession(cookie) }
    },
    async readBody(request, { session }) {
      if (!bySession) return plain.readBody(request)
      const { bytes } = await empty.body(request)
      return { bytes, value: { refreshToken: session?.refreshToken } }
    },
    write: createCookieWriter(endpoint, plain),
    failed(error, headers) {
      if (bySession && error instanceof DomainError && error.status === 401)
        headers['set-cookie'] = noSessionCookie
    },
  }
}

function createCookieWriter(endpoint: Endpoint, { write, watches }: Plain): ResponseWriter {
  const { session, success } = endpoint
  if (session === undefined) return write
  if (session === 'ends')
    return (value, context) => {
      context.headers['set-cookie'] = noSessionCookie
      return write(value, context)
    }
  if (success.kind !== 'json') throw new TypeError('An answer that opens or renews a session is JSON.')
  const writeRest = createResponseWriter(
    { ...endpoint, success: { ...success, schema: withoutTokens(success.schema) } },
    watches,
  )
  return (value, context: WriteContext) => {
    if (value instanceof Alternative) return write(value, context)
    const answer = value as SessionTokens | { readonly tokens: SessionTokens }
    context.headers['set-cookie'] = toSessionCookie('tokens' in answer ? answer.tokens : answer)
    return writeRest(value, context)
  }
}
