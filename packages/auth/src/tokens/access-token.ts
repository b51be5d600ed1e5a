import { idSchema } from '@corbel/core'
import { Role } from '@corbel/core/tenant'
import * as z from 'zod'

/** RFC 9068 §2.1. */
export const accessTokenType = 'at+jwt'

// RFC 9864 deprecates the polymorphic name for `Ed25519`, which verifiers in the field do not know yet.
export const accessTokenAlgorithm = 'EdDSA'

/** The front end of the stack itself; other clients have ids of their own. */
export const firstPartyClient = 'corbel'

/** Longest lifetime that the settings allow, in seconds. */
export const longestLifetime = 3600

/** Difference between the clocks of issuer and verifier that is forgiven, in seconds. */
export const clockTolerance = 5

const numericDate = z.int().min(0)
const identifier = z.string().min(1).max(255)

/** RFC 9068 §2.2, with the session (`sid`), the tenant (`tid`) and the assurance as `acr`. */
export const AccessTokenClaims = z.object({
  iss: z.string(),
  aud: z.union([identifier, z.array(identifier).min(1)]),
  sub: idSchema('usr'),
  client_id: identifier,
  iat: numericDate,
  exp: numericDate,
  nbf: numericDate.optional(),
  jti: identifier,
  sid: idSchema('ses'),
  tid: idSchema('ten'),
  role: Role,
  /** Separated by spaces; empty for none. */
  scope: z.string(),
  auth_time: numericDate,
  amr: z.array(identifier),
  acr: z.enum(['aal1', 'aal2']),
  email_verified: z.boolean(),
  operator: z.literal(true).optional(),
})
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>

export const AccessTokenHeader = z.strictObject({
  alg: z.literal(accessTokenAlgorithm),
  typ: z.literal(accessTokenType),
  kid: z.string().regex(/^[\w.-]{1,128}$/),
})
export type AccessTokenHeader = z.infer<typeof AccessTokenHeader>
