import type { TenantSettingsRepository } from './tenant-settings-repository.ts'
import type { TenantTables } from './tenant-tables.memory.ts'

export const memoryTenantSettingsRepository = ({
  tenantSettings,
}: Pick<TenantTables, 'tenantSettings'>): TenantSettingsRepository => ({
  async insert(tenantId, settings) {
    if (tenantSettings.has(tenantId)) throw new Error(`The settings of ${tenantId} exist.`)
    tenantSettings.set(tenantId, structuredClone(settings))
  },

  find: async (tenantId) => structuredClone(tenantSettings.get(tenantId) ?? null),

  async replace(tenantId, { billingContacts, flags }, expected) {
    if (tenantSettings.get(tenantId)?.version !== expected) return null
    const replaced = structuredClone({ billingContacts, flags, version: expected + 1 })
    tenantSettings.set(tenantId, replaced)
    return structuredClone(replaced)
  },
})
