import { type Id, idSchema, PageQuery, text } from '@corbel/core'
import * as z from 'zod'
import { Scopes } from '../api-keys/api-key.ts'

export type ServiceAccountId = Id<'svc'>

const coordinate = z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')
const keyOptions = { use: z.literal('sig').optional(), kid: z.string().max(200).optional() }

/** The public half of a client's key (RFC 7517): Ed25519 or P-256. A private half is refused. */
export const PresentedPublicKey = z.union([
  z
    .strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: coordinate,
      alg: z.enum(['EdDSA', 'Ed25519']).optional(),
      ...keyOptions,
    })
    .transform(({ kty, crv, x }) => ({ kty, crv, x })),
  z
    .strictObject({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: coordinate,
      y: coordinate,
      alg: z.literal('ES256').optional(),
      ...keyOptions,
    })
    .transform(({ kty, crv, x, y }) => ({ kty, crv, x, y })),
])
/** What is kept of it: the key alone. */
export type ClientPublicKey = z.output<typeof PresentedPublicKey>

export const NewServiceAccount = z.strictObject({
  name: text({ max: 80 }),
  /** Each one you have yourself. */
  scopes: Scopes,
  /** With it the account signs its requests (`private_key_jwt`); without it, it is given a secret. */
  publicKey: PresentedPublicKey.optional(),
})
export type NewServiceAccount = z.infer<typeof NewServiceAccount>

/** An OAuth client of the tenant. */
export const ServiceAccount = z.object({
  /** The `client_id`. */
  id: idSchema('svc'),
  name: z.string(),
  scopes: z.array(z.string()),
  authentication: z.enum(['client_secret', 'private_key_jwt']),
  createdBy: idSchema('usr'),
  createdAt: z.iso.datetime(),
})
export type ServiceAccount = z.infer<typeof ServiceAccount>

export const CreatedServiceAccount = ServiceAccount.extend({
  /** Shown this once; null for an account with a public key. */
  clientSecret: z.string().nullable(),
})
export type CreatedServiceAccount = z.infer<typeof CreatedServiceAccount>

/** An account that the host declares, as people see it. */
export const DeclaredAccount = z.object({
  name: z.string(),
  summary: z.string(),
  scopes: z.array(z.string()),
  /** Longest lifetime of its credentials. */
  maxDays: z.number(),
  tenancy: z.enum(['tenant', 'global']),
})

export const ServiceAccountList = z.object({
  /** The accounts of your tenant. */
  data: z.array(ServiceAccount).readonly(),
  nextCursor: z.string().nullable(),
  /** The accounts that the host declares; the same on every page. */
  declared: z.array(DeclaredAccount).readonly(),
})
export type ServiceAccountList = z.infer<typeof ServiceAccountList>

export const ServiceAccountQuery = PageQuery
