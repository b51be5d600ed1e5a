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

export const longestKid = 128

const numericDate = z.int().min(0)
const identifier = z.string().min(1).max(255)

/** RFC 9068 §2.2, with the tenant (`tid`). */
const registered = {
  iss: z.string(),
  aud: z.union([identifier, z.array(identifier).min(1)]),
  client_id: identifier,
  iat: numericDate,
  exp: numericDate,
  nbf: numericDate.optional(),
  jti: identifier,
  tid: idSchema('ten'),
  /** Separated by spaces; empty for none. */
  scope: z.string(),
}

/** Of a person: with the session (`sid`) and the assurance as `acr`. */
export const UserTokenClaims = z.object({
  ...registered,
  sub: idSchema('usr'),
  sid: idSchema('ses'),
  role: Role,
  auth_time: numericDate,
  amr: z.array(identifier),
  acr: z.enum(['aal1', 'aal2']),
  email_verified: z.boolean(),
  operator: z.literal(true).optional(),
  /** Who acts in the name of the subject (RFC 8693 §4.1). */
  act: z.object({ sub: idSchema('usr') }).optional(),
})
export type UserTokenClaims = z.infer<typeof UserTokenClaims>

/** Of a service account, which is the subject and the client (RFC 9068 §2.2 with RFC 6749 §4.4). */
export const ServiceTokenClaims = z.object({
  ...registered,
  sub: idSchema('svc'),
  client_id: idSchema('svc'),
  jti: idSchema('act'),
})
export type ServiceTokenClaims = z.infer<typeof ServiceTokenClaims>

export const AccessTokenClaims = z.union([UserTokenClaims, ServiceTokenClaims])
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>

export const AccessTokenHeader = z.strictObject({
  alg: z.literal(accessTokenAlgorithm),
  typ: z.literal(accessTokenType),
  kid: z
    .string()
    .max(longestKid)
    .regex(/^[\w.-]+$/),
})
export type AccessTokenHeader = z.infer<typeof AccessTokenHeader>
