import type { Id } from '@corbel/core/ports'
import type { Role, TenantSettingsValues } from '@corbel/core/tenant/ports'

export interface TenantTables {
  corbel_tenants: { id: Id<'ten'>; slug: string; name: string; created_at: Date }
  corbel_memberships: { tenant_id: Id<'ten'>; user_id: Id<'usr'>; role: Role; created_at: Date }
  corbel_tenant_settings: {
    tenant_id: Id<'ten'>
    billing_contacts: TenantSettingsValues['billingContacts']
    flags: TenantSettingsValues['flags']
    version: number
  }
}
