import type { Id } from '../../kernel/id.ts'
import type { Membership } from '../memberships/membership.ts'
import type { TenantSettings } from '../settings/tenant-settings.ts'
import type { Tenant } from '../tenants/tenant.ts'

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface TenantTables {
  readonly tenants: Map<Id<'ten'>, Tenant>
  /** By {@link membershipKey}. */
  readonly memberships: Map<string, Membership>
  readonly tenantSettings: Map<Id<'ten'>, TenantSettings>
}

export const tenantTables = (): TenantTables => ({
  tenants: new Map(),
  memberships: new Map(),
  tenantSettings: new Map(),
})

export const membershipKey = (tenantId: Id<'ten'>, userId: Id<'usr'>): string => `${tenantId} ${userId}`
