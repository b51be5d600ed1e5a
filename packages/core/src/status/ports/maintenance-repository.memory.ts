import { isEnded, type Maintenance, type MaintenanceState } from '../maintenance/maintenance.ts'
import type { MaintenanceRepository } from './maintenance-repository.ts'
import { newestFirst, replaceVersion, type StatusTables } from './status-tables.memory.ts'

export const memoryMaintenanceRepository = ({
  statusMaintenance: rows,
}: StatusTables): MaintenanceRepository => ({
  insert: async (maintenance) => void rows.set(maintenance.id, structuredClone(maintenance)),
  find: async (id) => structuredClone(rows.get(id) ?? null),
  list: async (page) => newestFirst(rows, page),
  listCurrent: async () =>
    structuredClone([...rows.values()])
      .filter((one) => !isEnded(one))
      .toSorted((a, b) => (a.startsAt + a.id < b.startsAt + b.id ? -1 : 1)),
  replace: async (maintenance) => replaceVersion(rows, maintenance),
  advance: async (now) =>
    [...rows.values()].flatMap((one) => {
      const state = stateAt(one, now)
      if (state === one.state) return []
      rows.set(one.id, { ...one, state, version: one.version + 1 })
      return [{ id: one.id, state }]
    }),
})

function stateAt(maintenance: Maintenance, now: Date): MaintenanceState {
  if (isEnded(maintenance)) return maintenance.state
  if (new Date(maintenance.endsAt) <= now) return 'completed'
  return new Date(maintenance.startsAt) <= now ? 'in_progress' : maintenance.state
}
