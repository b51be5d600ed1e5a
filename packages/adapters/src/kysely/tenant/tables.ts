import type { Id } from '@corbel/core/ports'
import type {
  Activity,
  DisabledReason,
  FeatureOverrides,
  InvitationId,
  InvitationRecord,
  Role,
  RoleId,
  TenantSettingsValues,
  TenantStatus,
} from '@corbel/core/tenant/ports'
import type { Generated } from 'kysely'

export interface TenantTables {
  corbel_tenants: {
    id: Id<'ten'>
    slug: string
    name: string
    created_at: Date
    status: TenantStatus
    status_reason: Generated<string | null>
    status_changed_at: Date
    erased_at: Generated<Date | null>
    features: Generated<FeatureOverrides['features']>
    activity_seq: Generated<string>
  }
  corbel_memberships: {
    tenant_id: Id<'ten'>
    user_id: Id<'usr'>
    role: Role
    role_id: RoleId | null
    scopes: string[] | null
    created_at: Date
  }
  corbel_roles: {
    tenant_id: Id<'ten'>
    id: RoleId
    name: string
    scopes: string[]
    base: Role
    version: number
    created_at: Date
  }
  corbel_webhooks: {
    tenant_id: Id<'ten'>
    id: Id<'whk'>
    url: string
    event_types: readonly string[]
    description: string
    enabled: boolean
    disabled_reason: DisabledReason | null
    secrets: readonly { readonly sealed: string; readonly expiresAt: string | null }[]
    failures: number
    version: number
    created_at: Date
  }
  corbel_activity: {
    tenant_id: Id<'ten'>
    seq: string
    id: string
    action: string
    occurred_at: Date
    outcome: Activity['outcome']
    source: Activity['source']
    actor_id: string | null
    impersonator_id: string | null
    object_id: string | null
    request_id: string | null
    data: Activity['data']
  }
  corbel_activity_marks: {
    tenant_id: Id<'ten'>
    user_id: Id<'usr'>
    activity_id: string
    dismissed: boolean
  }
  corbel_activity_readers: { tenant_id: Id<'ten'>; user_id: Id<'usr'>; read_through: string }
  corbel_tenant_settings: {
    tenant_id: Id<'ten'>
    billing_contacts: TenantSettingsValues['billingContacts']
    flags: TenantSettingsValues['flags']
    version: number
  }
  corbel_invitations: {
    id: InvitationId
    tenant_id: Id<'ten'>
    email: string
    role: Role
    role_id: RoleId | null
    status: InvitationRecord['status']
    generation: number
    digest: string
    created_by: Id<'usr'> | null
    created_at: Date
    expires_at: Date
    accepted_by: Id<'usr'> | null
  }
}
