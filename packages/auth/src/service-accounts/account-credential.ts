import { idSchema, PageQuery, text } from '@corbel/core'
import * as z from 'zod'
import { Scopes } from '../api-keys/api-key.ts'

const accountName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/)
const fingerprint = z.string().regex(/^[\x21-\x7e]{1,128}$/)

const wish = {
  account: accountName,
  /** @default all that the account is declared with */
  scopes: Scopes.optional(),
  /** @default as long as the account is declared with */
  lifetimeMinutes: z.int().min(1).optional(),
  /** Where the credential is going to be used, such as a host name. */
  fingerprint: fingerprint.optional(),
}

/** A credential that is asked for. */
export const CredentialRequest = z.strictObject({ ...wish, tenantId: idSchema('ten') })
export type CredentialRequest = z.infer<typeof CredentialRequest>

/** What a signed request says (RFC 7519); everything that is asked for is under the signature. */
export const SignedRequestClaims = CredentialRequest.extend({
  iss: z.string().min(1).max(255),
  aud: z.string(),
  iat: z.int(),
  exp: z.int(),
  jti: z.string().min(16).max(255),
})

/** A compact JWS of type `credential-request+jwt`; unsigned in the profile local only. */
export const IssueCredential = z.union([
  z.strictObject({ signedRequest: z.string().min(1).max(8192) }),
  CredentialRequest,
])
export type IssueCredential = z.infer<typeof IssueCredential>

export const IssueInBrowser = z.strictObject({
  ...wish,
  /** For the audit trail. */
  reason: text({ min: 10, max: 512 }),
  /** For operators: another tenant than their own. */
  tenantId: idSchema('ten').optional(),
})
export type IssueInBrowser = z.infer<typeof IssueInBrowser>

/** A credential of a declared account, as the people of its tenant see it. */
export const AccountCredential = z.object({
  jti: idSchema('key'),
  account: z.string(),
  tenantId: idSchema('ten'),
  scopes: z.array(z.string()),
  fingerprint: z.string().nullable(),
  reason: z.string().nullable(),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** To the hour. */
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
})
export type AccountCredential = z.infer<typeof AccountCredential>

export const IssuedCredential = AccountCredential.extend({
  /** Shown this once. Send it as `Authorization: Bearer …`. */
  token: z.string(),
  tokenType: z.literal('Bearer'),
})
export type IssuedCredential = z.infer<typeof IssuedCredential>

export const CredentialQuery = PageQuery.extend({
  /** Part of the name of the account. */
  account: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .optional(),
  fingerprint: fingerprint.optional(),
  status: z.enum(['active', 'revoked', 'all']).default('active'),
})
export type CredentialQuery = z.infer<typeof CredentialQuery>

export const RevokeCredential = z.strictObject({ reason: text({ min: 10, max: 512 }) })
export type RevokeCredential = z.infer<typeof RevokeCredential>
