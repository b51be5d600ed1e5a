import { type RoleRecord, type RoleRepository, TenantErrors } from '@corbel/core/tenant/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { onForeignKeyViolation, onUniqueViolation } from '../violations.ts'
import type { TenantTables } from './tables.ts'

type Row = Selectable<TenantTables['corbel_roles']>

export function kyselyRoleRepository(db: TenantDb): RoleRepository {
  const one = (tenantId: Row['tenant_id'], id: Row['id']) =>
    db
      .forTenant(tenantId)
      .selectFrom('corbel_roles')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)

  return {
    async insert({ tenantId, id, name, scopes, base, version, createdAt }) {
      const inserted = db
        .forTenant(tenantId)
        .insertInto('corbel_roles')
        .values({ tenant_id: tenantId, id, name, scopes: [...scopes], base, version, created_at: createdAt })
        .execute()
      await onUniqueViolation('corbel_roles_name_key', inserted, TenantErrors.roleNameTaken)
    },

    async find(tenantId, id) {
      const row = await one(tenantId, id).executeTakeFirst()
      return row ? toRecord(row) : null
    },

    async list(tenantId) {
      const rows = await db
        .forTenant(tenantId)
        .selectFrom('corbel_roles')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .orderBy('id')
        .execute()
      return rows.map(toRecord)
    },

    async hold(tenantId, id) {
      const row = await one(tenantId, id).forShare().executeTakeFirst()
      return row ? toRecord(row) : null
    },

    async replace({ tenantId, id, name, scopes, base, version }) {
      const rows = db.forTenant(tenantId)
      const replaced = rows
        .updateTable('corbel_roles')
        .set({ name, scopes: [...scopes], base, version: version + 1 })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirstOrThrow()
      const { numUpdatedRows } = await onUniqueViolation(
        'corbel_roles_name_key',
        replaced,
        TenantErrors.roleNameTaken,
      )
      if (numUpdatedRows === 0n) return false
      // A statement of its own: its snapshot shows members who were given the role while the first one waited for them.
      await rows
        .updateTable('corbel_memberships')
        .set({ scopes: [...scopes], role: base })
        .where('tenant_id', '=', tenantId)
        .where('role_id', '=', id)
        .execute()
      return true
    },

    async remove(tenantId, id) {
      const removed = sql`
        with ended as (
          update corbel_invitations set role_id = null
          where tenant_id = ${tenantId} and role_id = ${id} and status <> 'pending'
        )
        delete from corbel_roles where tenant_id = ${tenantId} and id = ${id}`.execute(db.forTenant(tenantId))
      const { numAffectedRows } = await onForeignKeyViolation(
        'corbel_invitations_role_fkey',
        onForeignKeyViolation('corbel_memberships_role_fkey', removed, TenantErrors.roleInUse),
        TenantErrors.roleInUse,
      )
      return numAffectedRows === 1n
    },
  }
}

const toRecord = (row: Row): RoleRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  scopes: row.scopes,
  base: row.base,
  version: row.version,
  createdAt: row.created_at,
})
