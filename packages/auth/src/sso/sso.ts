import { email, idSchema } from '@corbel/core'
import { InvitationToken } from '@corbel/core/tenant'
import * as z from 'zod'
import { ConnectionPreset } from './connection-preset.ts'
import { Domain } from './domain.ts'

export const ProviderQuery = z.strictObject({
  /** Slug of a tenant. */
  tenant: z.string().min(1).max(64).optional(),
  /** Of an e-mail address: what stands behind the @. */
  domain: Domain.optional(),
})
export type ProviderQuery = z.infer<typeof ProviderQuery>

/** A button on a sign-in page. */
export const Provider = z.object({ id: idSchema('sso'), name: z.string(), preset: ConnectionPreset })
export type Provider = z.infer<typeof Provider>

export const ProviderList = z.object({ data: z.array(Provider).readonly() })
export type ProviderList = z.infer<typeof ProviderList>

const reauthenticate = z.boolean().default(false)

export const StartSso = z.strictObject({
  /** The tenant to sign in to; a connection of a tenant leads to that one only. Without it: the one joined first. */
  tenantId: idSchema('ten').optional(),
  /** Suggested to whoever signs in. */
  loginHint: email.optional(),
  /** Whether a session at the provider is not enough. */
  reauthenticate,
})
export type StartSso = z.infer<typeof StartSso>

export const StartLink = z.strictObject({ reauthenticate })
export type StartLink = z.infer<typeof StartLink>

export const StartedSso = z.object({
  /** Send the browser there. */
  url: z.string(),
  /** Comes back as the parameter `state`. */
  state: z.string(),
  /** Keep it in this browser, such as in `sessionStorage` under the state; it never stands in an address. */
  browserSecret: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
})
export type StartedSso = z.infer<typeof StartedSso>

/** What the browser came back with. */
export const SsoAnswer = z.strictObject({
  state: z.string().min(1).max(200),
  browserSecret: z.string().min(1).max(200),
  /** Token of an invitation to the tenant of the connection, from the mail. */
  invitation: InvitationToken.optional(),
  /** The page has shown the terms and the privacy policy, and who goes on accepts them. Counts for whom an account is made for. */
  acceptTerms: z.literal(true).optional(),
  /** Everything in the query of the address to which the provider sent the browser, as it is. */
  parameters: z
    .record(z.string().max(64), z.string().max(8192))
    .refine((parameters) => Object.keys(parameters).length <= 20, 'at most 20 parameters'),
})
export type SsoAnswer = z.infer<typeof SsoAnswer>

/** What you are known by at an identity provider. */
export const Identity = z.object({
  id: idSchema('idn'),
  issuer: z.string(),
  subject: z.string(),
  email: z.string().nullable(),
  createdAt: z.iso.datetime(),
})
export type Identity = z.infer<typeof Identity>

export const IdentityList = z.object({ data: z.array(Identity).readonly() })
export type IdentityList = z.infer<typeof IdentityList>
