import * as z from 'zod'
import { type Id, idSchema } from '../../kernel/id.ts'
import { PageQuery } from '../../kernel/page.ts'
import { email, text } from '../../kernel/text.ts'
import { Tenant, TenantName } from '../tenants/tenant.ts'

export const tenantStatuses = [
  'provisioning',
  'active',
  'suspended',
  'deprovisioning',
  'deprovisioned',
] as const
export const TenantStatus = z.enum(tenantStatuses)
export type TenantStatus = z.infer<typeof TenantStatus>

/** From which states each state is reached. Nothing leaves `deprovisioned` but its erasure. */
export const statusesBefore: Readonly<Record<TenantStatus, readonly TenantStatus[]>> = {
  provisioning: [],
  active: ['provisioning', 'suspended'],
  suspended: ['active'],
  deprovisioning: ['provisioning', 'active', 'suspended'],
  deprovisioned: ['deprovisioning'],
}

/** A tenant as operators of the platform see it. */
export const PlatformTenant = z.object({
  ...Tenant.shape,
  status: TenantStatus,
  statusReason: z.string().nullable(),
  statusChangedAt: z.iso.datetime(),
  /** When its data was erased; what is left is this row. */
  erasedAt: z.iso.datetime().nullable(),
})
export type PlatformTenant = z.infer<typeof PlatformTenant>

export const PlatformTenantQuery = PageQuery.extend({
  status: TenantStatus.optional(),
  /** Part of the name or the slug; upper and lower case are the same. */
  q: text({ max: 128 }).optional(),
})
export type PlatformTenantQuery = z.infer<typeof PlatformTenantQuery>

/** Its first owner is invited; until they join it is `provisioning`. */
export const NewPlatformTenant = z.strictObject({ name: TenantName, ownerEmail: email })
export type NewPlatformTenant = z.infer<typeof NewPlatformTenant>

export const StatusChange = z.strictObject({ reason: text({ min: 3, max: 256 }) })
export type StatusChange = z.infer<typeof StatusChange>

/** What was erased: how many rows of what. */
export const ErasureReport = z.object({
  tenantId: idSchema('ten'),
  erasedAt: z.iso.datetime(),
  erased: z.record(z.string(), z.int()),
})
export type ErasureReport = z.infer<typeof ErasureReport>

/** A tenant whose state changed. */
export interface StatusNote {
  readonly tenantId: Id<'ten'>
  readonly status: TenantStatus
}
