import { TenantErrors } from '../tenant-errors.ts'
import type { TenantRepository } from './tenant-repository.ts'
import type { TenantTables } from './tenant-tables.memory.ts'

export const memoryTenantRepository = ({
  tenants,
  tenantLifecycles,
}: Pick<TenantTables, 'tenants' | 'tenantLifecycles'>): TenantRepository => ({
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
})
