import * as z from 'zod'

/**
 * What a tenant asks of its members. `off` closes enrolment from this tenant, `required` lets nobody in without a second factor.
 * A factor that is enrolled is always asked for, whatever the policy.
 */
export const MfaPolicy = z.enum(['off', 'optional', 'required'])
export type MfaPolicy = z.infer<typeof MfaPolicy>

/** Of a tenant that has never set one. */
export const defaultMfaPolicy: MfaPolicy = 'optional'

export const TenantMfaPolicy = z.strictObject({ policy: MfaPolicy })
export type TenantMfaPolicy = z.infer<typeof TenantMfaPolicy>
