import type { Maintenance, MaintenanceRepository } from '@corbel/core/status/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { StatusTables } from './tables.ts'

const table = 'corbel_status_maintenance'

export const kyselyMaintenanceRepository = ({ shared: db }: TenantDb): MaintenanceRepository => ({
  async insert(maintenance) {
    const { id, version, createdAt } = maintenance
    await db
      .insertInto(table)
      .values({ id, version, created_at: new Date(createdAt), ...columnsOf(maintenance) })
      .execute()
  },

  async find(id) {
    const row = await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()
    return row ? toMaintenance(row) : null
  },

  async list({ limit, after }) {
    const rows = await db
      .selectFrom(table)
      .selectAll()
      .$if(after !== null, (query) => query.where('id', '<', after as Maintenance['id']))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toMaintenance)
  },

  async listCurrent() {
    const rows = await db
      .selectFrom(table)
      .selectAll()
      .where('state', 'in', ['scheduled', 'in_progress'])
      .orderBy('starts_at')
      .orderBy('id')
      .execute()
    return rows.map(toMaintenance)
  },

  async replace(maintenance) {
    const { id, version } = maintenance
    const { numUpdatedRows } = await db
      .updateTable(table)
      .set({ ...columnsOf(maintenance), version: version + 1 })
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  advance: (now) =>
    db
      .updateTable(table)
      .set((eb) => ({
        state: sql`case when ends_at <= ${now} then 'completed' else 'in_progress' end`,
        version: eb('version', '+', 1),
      }))
      .where(({ eb, or, and }) =>
        or([
          and([eb('state', '=', 'scheduled'), eb('starts_at', '<=', now)]),
          and([eb('state', '=', 'in_progress'), eb('ends_at', '<=', now)]),
        ]),
      )
      .returning(['id', 'state'])
      .execute(),
})

const columnsOf = ({ title, message, componentIds, state, startsAt, endsAt }: Maintenance) => ({
  title,
  message,
  state,
  component_ids: [...componentIds],
  starts_at: new Date(startsAt),
  ends_at: new Date(endsAt),
})

const toMaintenance = (row: Selectable<StatusTables[typeof table]>): Maintenance => ({
  id: row.id,
  title: row.title,
  message: row.message,
  componentIds: row.component_ids,
  state: row.state,
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  version: row.version,
  createdAt: row.created_at.toISOString(),
})
