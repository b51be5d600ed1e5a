import type { Id } from '../../kernel/id.ts'
import type { PlatformTenant } from '../lifecycle/lifecycle.ts'
import type { TenantLifecycleRepository } from './tenant-lifecycle-repository.ts'
import type { TenantTables } from './tenant-tables.memory.ts'

/** Tables that outlive a tenant: itself, and the trail that proves its erasure. */
const kept: ReadonlySet<string> = new Set([
  'tenants',
  'tenantLifecycles',
  'auditChains',
  'auditRows',
  'activityHeads',
])

/** @param tables - Those of every module, which are erased together. */
export function memoryTenantLifecycleRepository(tables: TenantTables): TenantLifecycleRepository {
  const { tenants, tenantLifecycles } = tables

  function find(id: Id<'ten'>): PlatformTenant | null {
    const tenant = tenants.get(id)
    const row = tenantLifecycles.get(id)
    if (!tenant || !row) return null
    return {
      ...tenant,
      status: row.status,
      statusReason: row.reason,
      statusChangedAt: row.changedAt.toISOString(),
      erasedAt: row.erasedAt?.toISOString() ?? null,
    }
  }

  return {
    find: async (id) => find(id),

    list: async ({ status, q }, { limit, after }) =>
      [...tenants.keys()]
        .flatMap((id) => find(id) ?? [])
        .filter((tenant) => status === undefined || tenant.status === status)
        .filter(
          ({ name, slug }) => q === undefined || `${name}\n${slug}`.toLowerCase().includes(q.toLowerCase()),
        )
        .filter(({ id }) => after === null || id < after)
        .toSorted((a, b) => (a.id > b.id ? -1 : 1))
        .slice(0, limit + 1),

    async change(id, { to, from, reason, now }) {
      const row = tenantLifecycles.get(id)
      if (!row || !from.includes(row.status)) return null
      tenantLifecycles.set(id, { ...row, status: to, reason, changedAt: now })
      return find(id)
    },

    listChangedSince: async (since) =>
      [...tenantLifecycles].flatMap(([tenantId, { status, changedAt }]) =>
        (since === null ? status !== 'active' : changedAt >= since) ? [{ tenantId, status }] : [],
      ),

    findFeatures: async (id) => structuredClone(tenantLifecycles.get(id)?.features ?? null),

    async changeFeatures(id, change) {
      const row = tenantLifecycles.get(id)
      if (!row) return null
      const entries = Object.entries({ ...row.features, ...change })
      const features = Object.fromEntries(
        entries.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])),
      )
      tenantLifecycles.set(id, { ...row, features })
      return structuredClone(features)
    },

    async erase(id, now) {
      const row = tenantLifecycles.get(id)
      const tenant = tenants.get(id)
      if (!tenant || row?.status !== 'deprovisioned' || row.erasedAt !== null) return null
      tenantLifecycles.set(id, { ...row, reason: null, erasedAt: now, features: {} })
      tenants.set(id, { ...tenant, name: 'erased', slug: `erased-${id.slice('ten_'.length)}` })
      const erased: Record<string, number> = {}
      for (const [name, rows] of Object.entries<Map<unknown, unknown>>({ ...tables })) {
        if (kept.has(name)) continue
        const keys = [...rows].flatMap(([key, value]) => (key === id || isOf(value, id) ? [key] : []))
        for (const key of keys) rows.delete(key)
        if (keys.length > 0) erased[name] = keys.length
      }
      return erased
    },
  }
}

const isOf = (row: unknown, tenantId: Id<'ten'>): boolean =>
  typeof row === 'object' && row !== null && 'tenantId' in row && row.tenantId === tenantId
