import { TenantErrors } from '../tenant-errors.ts'
import type { TenantRepository } from './tenant-repository.ts'
import type { InvitationRow, TenantTables } from './tenant-tables.memory.ts'

export const memoryTenantRepository = ({
  tenants,
  tenantLifecycles,
  ...counted
}: Pick<
  TenantTables,
  'tenants' | 'tenantLifecycles' | 'memberships' | 'invitations' | 'webhooks'
>): TenantRepository => ({
  async insert(tenant, status = 'active') {
    for (const { slug } of tenants.values()) if (slug === tenant.slug) throw TenantErrors.slugTaken()
    tenants.set(tenant.id, tenant)
    const changedAt = new Date(tenant.createdAt)
    tenantLifecycles.set(tenant.id, { status, reason: null, changedAt, erasedAt: null, features: {} })
  },

  find: async (id) => tenants.get(id) ?? null,

  async rename(id, name) {
    const tenant = tenants.get(id)
    if (!tenant) return null
    const renamed = { ...tenant, name }
    tenants.set(id, renamed)
    return renamed
  },

  async count(id, now) {
    const of = (rows: Map<string, { readonly tenantId: string }>) =>
      [...rows.values()].filter(({ tenantId }) => tenantId === id).length
    const isOpen = ({ tenantId, status, expiresAt }: InvitationRow) =>
      tenantId === id && status === 'pending' && expiresAt > now
    return {
      members: of(counted.memberships),
      invitations: [...counted.invitations.values()].filter(isOpen).length,
      webhooks: of(counted.webhooks),
    }
  },
})
