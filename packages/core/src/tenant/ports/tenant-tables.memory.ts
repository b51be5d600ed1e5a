import type { Id } from '../../kernel/id.ts'
import type { InvitationId } from '../invitations/invitation.ts'
import type { Activity } from '../activity/activity.ts'
import type { Membership } from '../memberships/membership.ts'
import type { StoredWebhook } from './webhook-repository.ts'
import type { TenantSettings } from '../settings/tenant-settings.ts'
import type { Tenant } from '../tenants/tenant.ts'
import type { FeatureOverrides } from '../features/features.ts'
import type { TenantStatus } from '../lifecycle/lifecycle.ts'
import type { RoleId } from '../roles/custom-role.ts'
import type { InvitationRecord } from './invitation-repository.ts'
import type { RoleRecord } from './role-repository.ts'

export interface InvitationRow extends InvitationRecord {
  readonly digest: string
}

export interface ActivityRow {
  readonly tenantId: Id<'ten'>
  readonly seq: number
  readonly activity: Activity
}

interface OfReader {
  readonly tenantId: Id<'ten'>
  readonly userId: Id<'usr'>
}

export interface ActivityMarkRow extends OfReader {
  readonly activityId: Id<'evt'>
  readonly dismissed: boolean
}

export interface ActivityReaderRow extends OfReader {
  /** Everything up to here is read. */
  readonly readThrough: number
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
  readonly roles: Map<RoleId, RoleRecord>
  readonly tenantSettings: Map<Id<'ten'>, TenantSettings>
  readonly webhooks: Map<Id<'whk'>, StoredWebhook>
  readonly tenantLifecycles: Map<Id<'ten'>, LifecycleRow>
  readonly invitations: Map<InvitationId, InvitationRow>
  readonly activity: Map<string, ActivityRow>
  /** The place of the newest of each tenant. */
  readonly activityHeads: Map<Id<'ten'>, { readonly tenantId: Id<'ten'>; readonly seq: number }>
  readonly activityMarks: Map<string, ActivityMarkRow>
  readonly activityReaders: Map<string, ActivityReaderRow>
}

export const tenantTables = (): TenantTables => ({
  tenants: new Map(),
  memberships: new Map(),
  roles: new Map(),
  tenantSettings: new Map(),
  webhooks: new Map(),
  tenantLifecycles: new Map(),
  invitations: new Map(),
  activity: new Map(),
  activityHeads: new Map(),
  activityMarks: new Map(),
  activityReaders: new Map(),
})

export const membershipKey = (tenantId: Id<'ten'>, userId: Id<'usr'>): string => `${tenantId} ${userId}`
