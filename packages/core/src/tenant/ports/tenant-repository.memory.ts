import { TenantErrors } from '../tenant-errors.ts'
import type { TenantRepository } from './tenant-repository.ts'
import type { TenantTables } from './tenant-tables.memory.ts'

export const memoryTenantRepository = ({ tenants }: Pick<TenantTables, 'tenants'>): TenantRepository => ({
  async insert(tenant) {
    for (const { slug } of tenants.values()) if (slug === tenant.slug) throw TenantErrors.slugTaken()
    tenants.set(tenant.id, tenant)
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
