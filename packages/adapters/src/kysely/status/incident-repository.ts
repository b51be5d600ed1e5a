import type { Incident, IncidentRepository } from '@corbel/core/status/ports'
import type { Selectable } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { StatusTables } from './tables.ts'

const table = 'corbel_status_incidents'

export const kyselyIncidentRepository = ({ shared: db }: TenantDb): IncidentRepository => ({
  async insert(incident) {
    const { id, version } = incident
    await db
      .insertInto(table)
      .values({ id, version, ...columnsOf(incident) })
      .execute()
  },

  async find(id) {
    const row = await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()
    return row ? toIncident(row) : null
  },

  async list({ limit, after }) {
    const rows = await db
      .selectFrom(table)
      .selectAll()
      .$if(after !== null, (query) => query.where('id', '<', after as Incident['id']))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toIncident)
  },

  async listRecent(since) {
    const rows = await db
      .selectFrom(table)
      .selectAll()
      .where(({ eb, or }) => or([eb('resolved_at', 'is', null), eb('started_at', '>=', since)]))
      .orderBy('id', 'desc')
      .execute()
    return rows.map(toIncident)
  },

  async replace(incident) {
    const { id, version } = incident
    const { numUpdatedRows } = await db
      .updateTable(table)
      .set({ ...columnsOf(incident), version: version + 1 })
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },
})

const columnsOf = ({ title, severity, state, affected, updates, startedAt, resolvedAt }: Incident) => ({
  title,
  severity,
  state,
  affected: jsonb(affected),
  updates: jsonb(updates),
  started_at: new Date(startedAt),
  resolved_at: resolvedAt === null ? null : new Date(resolvedAt),
})

const toIncident = (row: Selectable<StatusTables[typeof table]>): Incident => ({
  id: row.id,
  title: row.title,
  severity: row.severity,
  state: row.state,
  affected: row.affected,
  updates: row.updates,
  startedAt: row.started_at.toISOString(),
  resolvedAt: row.resolved_at?.toISOString() ?? null,
  version: row.version,
})
