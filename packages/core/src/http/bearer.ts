import { HttpErrors } from './http-errors.ts'
import type { RequestHeaders } from './http-request.ts'

// RFC 6750 §2.1: b64token. Two headers arrive joined by a comma, which is not among its characters.
const form = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i

/**
 * The credential of `Authorization: Bearer`; null without that header.
 *
 * @throws `http/invalid-token` for any other scheme, for two values and for characters no token has.
 */
export function bearerOf(headers: RequestHeaders): string | null {
  const header = headers.get('authorization')
  if (header === null) return null
  const token = form.exec(header)?.[1]
  if (token !== undefined) return token
  throw HttpErrors.invalidToken({
    detail: 'Authorization must be "Bearer" and one token, given once.',
    headers: { 'www-authenticate': 'Bearer error="invalid_request"' },
  })
}
