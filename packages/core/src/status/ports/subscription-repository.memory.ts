import { type Severity, severities } from '../incidents/incident.ts'
import { newestFirst, type StatusTables } from './status-tables.memory.ts'
import type { StoredSubscription, SubscriptionRepository } from './subscription-repository.ts'

export function memorySubscriptionRepository({
  statusSubscriptions: rows,
}: StatusTables): SubscriptionRepository {
  const byTarget = (digest: string) => [...rows.values()].find(({ targetDigest }) => targetDigest === digest)
  const wants = (row: StoredSubscription, topic: Severity | 'maintenance'): boolean =>
    topic === 'maintenance' ? row.maintenance : severities.indexOf(row.severity) <= severities.indexOf(topic)

  return {
    request: async (asked) => {
      const known = byTarget(asked.targetDigest)
      if (known?.state === 'active') return structuredClone(known)
      const { severity, maintenance, expiresAt } = asked
      const next = known
        ? { ...known, severity, maintenance, expiresAt, generation: known.generation + 1 }
        : structuredClone(asked)
      rows.set(next.id, next)
      return structuredClone(next)
    },
    find: async (id) => structuredClone(rows.get(id) ?? null),
    findByTarget: async (digest) => structuredClone(byTarget(digest) ?? null),
    list: async (page) => newestFirst(rows, page),
    listWanting: async (channel, topic) =>
      [...rows.values()]
        .filter((row) => row.state === 'active' && row.channel === channel && wants(row, topic))
        .map(({ id }) => id),
    confirm: async (id, { generation, secret, now }) => {
      const row = rows.get(id)
      if (row?.state !== 'pending' || row.generation !== generation) return false
      if (row.expiresAt !== null && row.expiresAt <= now) return false
      rows.set(id, { ...row, state: 'active', secret, expiresAt: null })
      return true
    },
    remove: async (id) => rows.delete(id),
    purge: async (now) => {
      const over = [...rows.values()].filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now)
      for (const { id } of over) rows.delete(id)
      return over.length
    },
  }
}
