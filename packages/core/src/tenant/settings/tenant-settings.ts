import * as z from 'zod'
import { email, text } from '../../kernel/text.ts'

const mostContacts = 10
const mostFlags = 100

export const BillingContact = z.strictObject({ name: text({ max: 128 }), email })

/** What the members of a tenant may set. Replaced as a whole. */
export const TenantSettingsValues = z.strictObject({
  billingContacts: z.array(BillingContact).max(mostContacts).readonly(),
  flags: z
    // What begins with `feature.` would look like an entitlement, which operators set.
    .record(z.string().regex(/^(?!feature\.)[a-z][a-z0-9_.-]{0,63}$/), z.boolean())
    .refine((flags) => Object.keys(flags).length <= mostFlags, `at most ${mostFlags} flags`)
    .readonly(),
})
export type TenantSettingsValues = z.infer<typeof TenantSettingsValues>

export const TenantSettings = z.object({ ...TenantSettingsValues.shape, version: z.int().min(1) })
export type TenantSettings = z.infer<typeof TenantSettings>

export const defaultTenantSettings: TenantSettings = { billingContacts: [], flags: {}, version: 1 }
