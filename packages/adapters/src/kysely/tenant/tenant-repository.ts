import {
  type Tenant,
  type TenantCounts,
  TenantErrors,
  type TenantRepository,
} from '@corbel/core/tenant/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'
import type { TenantTables } from './tables.ts'

export const kyselyTenantRepository = (db: TenantDb): TenantRepository => ({
  async insert({ id, slug, name, createdAt }, status = 'active') {
    const at = new Date(createdAt)
    const inserted = db
      .forTenant(id)
      .insertInto('corbel_tenants')
      .values({ id, slug, name, created_at: at, status, status_changed_at: at })
      .execute()
    await onUniqueViolation('corbel_tenants_slug_key', inserted, TenantErrors.slugTaken)
  },

  async find(id) {
    const row = await db
      .forTenant(id)
      .selectFrom('corbel_tenants')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toTenant(row) : null
  },

  async rename(id, name) {
    const row = await db
      .forTenant(id)
      .updateTable('corbel_tenants')
      .set({ name })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    return row ? toTenant(row) : null
  },

  async count(id, now) {
    const { rows } = await sql<TenantCounts>`
      select
        (select count(*) from corbel_memberships where tenant_id = ${id})::integer as members,
        (select count(*) from corbel_invitations
          where tenant_id = ${id} and status = 'pending' and expires_at > ${now}::timestamptz)::integer as invitations,
        (select count(*) from corbel_webhooks where tenant_id = ${id})::integer as webhooks
    `.execute(db.forTenant(id))
    return rows[0] ?? { members: 0, invitations: 0, webhooks: 0 }
  },
})

const toTenant = ({
  id,
  slug,
  name,
  created_at,
}: Pick<Selectable<TenantTables['corbel_tenants']>, 'id' | 'slug' | 'name' | 'created_at'>): Tenant => ({
  id,
  slug,
  name,
  createdAt: created_at.toISOString(),
})
