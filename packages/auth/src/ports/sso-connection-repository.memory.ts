import type { EventRecorder } from '@corbel/core/ports'
import type { TenantTables } from '@corbel/core/tenant/ports'
import type { AuthTables } from './auth-tables.memory.ts'
import type { SsoConnectionRepository } from './sso-connection-repository.ts'

export function memorySsoConnectionRepository(
  {
    ssoConnections,
    ssoStates,
    ssoDomains,
    tenants,
  }: Pick<AuthTables, 'ssoConnections' | 'ssoStates' | 'ssoDomains'> & Pick<TenantTables, 'tenants'>,
  recorder: EventRecorder,
): SsoConnectionRepository {
  const find: SsoConnectionRepository['find'] = async (id) => structuredClone(ssoConnections.get(id) ?? null)

  return {
    find,

    async insert(connection, events) {
      if (ssoConnections.has(connection.id)) throw new Error('A connection like this exists.')
      ssoConnections.set(connection.id, structuredClone(connection))
      await recorder.record(...events)
    },

    async findOwn(tenantId, id) {
      const found = await find(id)
      return found?.tenantId === tenantId ? found : null
    },

    async list(tenantId, { limit, after }) {
      return [...ssoConnections.values()]
        .filter((row) => row.tenantId === tenantId && (after === null || row.id < after))
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit + 1)
        .map((row) => structuredClone(row))
    },

    async listOffered({ tenant, domain }) {
      return [...ssoConnections.values()]
        .filter(({ enabled, tenantId, domains }) => {
          if (!enabled || tenantId === null) return enabled
          if (tenant !== undefined && tenants.get(tenantId)?.slug === tenant) return true
          if (domain === undefined || !domains.includes(domain)) return false
          return (ssoDomains.get(tenantId) ?? []).some((proved) => proved.domain === domain)
        })
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map((row) => structuredClone(row))
    },

    async replace(connection, events) {
      const present = ssoConnections.get(connection.id)
      if (present?.tenantId !== connection.tenantId || present.version !== connection.version) return null
      const stored = structuredClone({ ...connection, version: connection.version + 1 })
      ssoConnections.set(connection.id, stored)
      await recorder.record(...events)
      return structuredClone(stored)
    },

    async remove(tenantId, id, events) {
      if (ssoConnections.get(id)?.tenantId !== tenantId) return false
      ssoConnections.delete(id)
      for (const { digest, connectionId } of ssoStates.values())
        if (connectionId === id) ssoStates.delete(digest)
      await recorder.record(...events)
      return true
    },
  }
}
