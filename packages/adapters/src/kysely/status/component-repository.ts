import { type Component, type ComponentRepository, StatusErrors } from '@corbel/core/status/ports'
import type { Selectable } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { onForeignKeyViolation } from '../violations.ts'
import type { StatusTables } from './tables.ts'

const table = 'corbel_status_components'
const groupKey = 'corbel_status_components_group_fkey'

export const kyselyComponentRepository = ({ shared: db }: TenantDb): ComponentRepository => ({
  async insert(component) {
    const { id, version, createdAt } = component
    const inserted = db
      .insertInto(table)
      .values({ id, version, created_at: new Date(createdAt), ...columnsOf(component) })
      .execute()
    await onForeignKeyViolation(groupKey, inserted, StatusErrors.groupNotFound)
  },

  async find(id) {
    const row = await db.selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst()
    return row ? toComponent(row) : null
  },

  async list() {
    const rows = await db.selectFrom(table).selectAll().orderBy('position').orderBy('id').execute()
    return rows.map(toComponent)
  },

  async replace(component) {
    const { id, version } = component
    const replaced = db
      .updateTable(table)
      .set({ ...columnsOf(component), version: version + 1 })
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    const { numUpdatedRows } = await onForeignKeyViolation(groupKey, replaced, StatusErrors.groupNotFound)
    return numUpdatedRows > 0n
  },

  async remove(id) {
    const removed = db.deleteFrom(table).where('id', '=', id).executeTakeFirstOrThrow()
    const { numDeletedRows } = await onForeignKeyViolation(groupKey, removed, StatusErrors.groupNotEmpty)
    return numDeletedRows > 0n
  },
})

const columnsOf = ({ kind, name, description, groupId, position, check, override }: Component) => ({
  kind,
  name,
  description,
  position,
  override,
  group_id: groupId,
  probe: check === null ? null : jsonb(check),
})

const toComponent = (row: Selectable<StatusTables[typeof table]>): Component => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  description: row.description,
  groupId: row.group_id,
  position: row.position,
  check: row.probe,
  override: row.override,
  version: row.version,
  createdAt: row.created_at.toISOString(),
})
