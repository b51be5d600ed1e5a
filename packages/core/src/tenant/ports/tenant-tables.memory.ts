import type { Id } from '../../kernel/id.ts'
import type { InvitationId } from '../invitations/invitation.ts'
import type { Membership } from '../memberships/membership.ts'
import type { StoredWebhook } from './webhook-repository.ts'
import type { TenantSettings } from '../settings/tenant-settings.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { FeatureOverrides } from '../features/features.ts'
import type { TenantStatus } from '../lifecycle/lifecycle.ts'
import type { InvitationRecord } from './invitation-repository.ts'

export interface InvitationRow extends InvitationRecord {
  readonly digest: string
}

export interface LifecycleRow {
  readonly status: TenantStatus
  readonly reason: string | null
  readonly changedAt: Date
  readonly erasedAt: Date | null
  readonly features: FeatureOverrides['features']
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface TenantTables {
  readonly tenants: Map<Id<'ten'>, Tenant>
  /** By {@link membershipKey}. */
  readonly memberships: Map<string, Membership>
  readonly tenantSettings: Map<Id<'ten'>, TenantSettings>
  readonly webhooks: Map<Id<'whk'>, StoredWebhook>
  readonly tenantLifecycles: Map<Id<'ten'>, LifecycleRow>
  readonly invitations: Map<InvitationId, InvitationRow>
}

export const tenantTables = (): TenantTables => ({
  tenants: new Map(),
  memberships: new Map(),
  tenantSettings: new Map(),
  webhooks: new Map(),
  tenantLifecycles: new Map(),
  invitations: new Map(),
})

export const membershipKey = (tenantId: Id<'ten'>, userId: Id<'usr'>): string => `${tenantId} ${userId}`
