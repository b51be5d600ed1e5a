import { ProviderSettingErrors } from '../provider-settings/provider-setting-errors.ts'
import type { AgentsTables } from './agents-tables.memory.ts'
import type { ProviderSettingRepository, StoredProviderSetting } from './provider-setting-repository.ts'

export function memoryProviderSettingRepository({
  providerSettings,
  providerPolicies,
}: Pick<AgentsTables, 'providerSettings' | 'providerPolicies'>): ProviderSettingRepository {
  const ofTenant = (tenantId: StoredProviderSetting['tenantId']) =>
    [...providerSettings.values()]
      .filter((setting) => setting.tenantId === tenantId)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const find = (tenantId: StoredProviderSetting['tenantId'], id: StoredProviderSetting['id']) =>
    structuredClone(ofTenant(tenantId).find((setting) => setting.id === id) ?? null)

  return {
    async insert(setting) {
      if (ofTenant(setting.tenantId).some(({ provider }) => provider === setting.provider))
        throw ProviderSettingErrors.duplicate()
      providerSettings.set(setting.id, structuredClone(setting))
    },
    find: async (tenantId, id) => find(tenantId, id),
    list: async (tenantId) => structuredClone(ofTenant(tenantId)),
    async replace(setting) {
      const stored = find(setting.tenantId, setting.id)
      if (stored?.version !== setting.version) return false
      const { provider, createdAt } = stored
      providerSettings.set(
        setting.id,
        structuredClone({ ...setting, provider, createdAt, version: setting.version + 1 }),
      )
      return true
    },
    async remove(tenantId, id) {
      const stored = find(tenantId, id)
      if (stored) providerSettings.delete(id)
      return stored
    },
    findPolicy: async (tenantId) => providerPolicies.get(tenantId) ?? null,
    async decide(tenantId, platformKey) {
      if (platformKey === null) providerPolicies.delete(tenantId)
      else providerPolicies.set(tenantId, platformKey)
    },
    findAccess: async (tenantId, provider) => ({
      setting: structuredClone(ofTenant(tenantId).find((setting) => setting.provider === provider) ?? null),
      platformKey: providerPolicies.get(tenantId) ?? null,
    }),
  }
}
