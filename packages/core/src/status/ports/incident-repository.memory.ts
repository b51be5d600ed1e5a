import type { IncidentRepository } from './incident-repository.ts'
import { newestFirst, replaceVersion, type StatusTables } from './status-tables.memory.ts'

export const memoryIncidentRepository = ({ statusIncidents: rows }: StatusTables): IncidentRepository => ({
  insert: async (incident) => void rows.set(incident.id, structuredClone(incident)),
  find: async (id) => structuredClone(rows.get(id) ?? null),
  list: async (page) => newestFirst(rows, page),
  listRecent: async (since) =>
    newestFirst(rows, { limit: rows.size, after: null }).filter(
      ({ resolvedAt, startedAt }) => resolvedAt === null || new Date(startedAt) >= since,
    ),
  replace: async (incident) => replaceVersion(rows, incident),
})
