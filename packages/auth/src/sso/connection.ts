import { idSchema, pageOf, PageQuery, secretText, text } from '@corbel/core'
import * as z from 'zod'
import { ConnectionPreset, presets } from './connection-preset.ts'
import { Domain } from './domain.ts'

export { ConnectionPreset }

/**
 * Who without an account gets one, or becomes a member, by signing in: nobody; of those with an address of the connection's domains
 * whoever shows an invitation to the tenant, or everybody.
 */
export const Provisioning = z.enum(['disabled', 'invite_only', 'domain_allowlist'])
export type Provisioning = z.infer<typeof Provisioning>

export const ProvisionedRole = z.enum(['viewer', 'member', 'admin'])
export type ProvisionedRole = z.infer<typeof ProvisionedRole>

const TokenAuthMethod = z.enum(['client_secret_basic', 'client_secret_post', 'none'])
const visible = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
const Scopes = z
  .array(visible)
  .max(20)
  .refine((scopes) => scopes.includes('openid'), 'must hold openid')
const ClientSecret = secretText({ max: 1024 })

// Compared to the letter with what the provider calls itself, so it is kept as it was typed.
const Issuer = z
  .string()
  .max(500)
  .refine(isIssuer, 'must be an address without user, query and fragment, as the provider writes it')

function isIssuer(value: string): boolean {
  const url = URL.parse(value)
  return url !== null && /^https?:\/\/[^@?#\s\\]+$/.test(value) && url.username === '' && url.password === ''
}

const policy = {
  name: text({ max: 80 }),
  enabled: z.boolean(),
  tokenAuthMethod: TokenAuthMethod,
  scopes: Scopes,
  provisioning: Provisioning,
  /** For which addresses the provider speaks with authority. Those of a tenant count once the tenant has verified them. */
  domains: z.array(Domain).max(50),
  /** Of members who join by signing in. */
  role: ProvisionedRole,
  /** `amr` values and `acr` of the provider that are taken for two factors; empty: whoever has a factor here is asked for it. */
  twoFactorMethods: z.array(visible).max(20),
}

export const NewConnection = z
  .strictObject({
    /** `platform` for one that all tenants share; for operators only. */
    owner: z.enum(['tenant', 'platform']).default('tenant'),
    preset: ConnectionPreset,
    /** As the provider writes it. Only Google's is known. */
    issuer: Issuer.optional(),
    clientId: visible,
    /** Absent for a public client. Sealed, and never shown again. */
    clientSecret: ClientSecret.optional(),
    name: policy.name,
    enabled: policy.enabled.default(true),
    tokenAuthMethod: TokenAuthMethod.optional(),
    scopes: Scopes.default(['openid', 'email', 'profile']),
    provisioning: Provisioning.default('disabled'),
    domains: policy.domains.default([]),
    role: ProvisionedRole.default('member'),
    twoFactorMethods: policy.twoFactorMethods.default([]),
  })
  .refine(({ preset, issuer }) => presets[preset].accepts(issuer ?? presets[preset].issuer ?? ''), {
    path: ['issuer'],
    message: 'is not an issuer of this preset',
  })
  .refine(({ clientSecret, tokenAuthMethod }) => fits(clientSecret !== undefined, tokenAuthMethod), {
    path: ['tokenAuthMethod'],
    message: 'must be none exactly when there is no clientSecret',
  })
export type NewConnection = z.infer<typeof NewConnection>

const fits = (hasSecret: boolean, method?: z.infer<typeof TokenAuthMethod>): boolean =>
  method === undefined || (method === 'none') !== hasSecret

/** What is not named stays. The issuer cannot change: it is a part of who people are. */
export const ConnectionPatch = z
  .strictObject({ ...policy, clientId: visible, clientSecret: ClientSecret.nullable() })
  .partial()
export type ConnectionPatch = z.infer<typeof ConnectionPatch>

export const Connection = z.object({
  id: idSchema('sso'),
  owner: z.enum(['tenant', 'platform']),
  preset: ConnectionPreset,
  issuer: z.string(),
  clientId: z.string(),
  hasClientSecret: z.boolean(),
  /** To be registered at the provider. */
  redirectUri: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  tokenAuthMethod: TokenAuthMethod,
  scopes: z.array(z.string()),
  provisioning: Provisioning,
  domains: z.array(z.string()),
  role: ProvisionedRole,
  twoFactorMethods: z.array(z.string()),
  createdAt: z.iso.datetime(),
  version: z.int(),
})
export type Connection = z.infer<typeof Connection>

export const ConnectionPage = pageOf(Connection)
export type ConnectionPage = z.infer<typeof ConnectionPage>

export const ConnectionQuery = PageQuery.extend({ owner: z.enum(['tenant', 'platform']).default('tenant') })
export type ConnectionQuery = z.infer<typeof ConnectionQuery>
