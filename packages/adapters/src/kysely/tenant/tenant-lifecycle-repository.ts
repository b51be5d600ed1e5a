import type {
  FeatureOverrides,
  PlatformTenant,
  StatusNote,
  TenantLifecycleRepository,
} from '@corbel/core/tenant/ports'
import { type Selectable, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { tenantTables } from '../tenant-tables.ts'
import type { TenantTables } from './tables.ts'

type Row = Selectable<TenantTables['corbel_tenants']>
type Features = FeatureOverrides['features']

/** What outlives a tenant: itself, the trail that proves its erasure, and events under way, which are forgotten once delivered. */
const kept: ReadonlySet<string> = new Set([
  'corbel_tenants',
  'corbel_audit_chains',
  'corbel_audit_events',
  'corbel_outbox',
])

export const kyselyTenantLifecycleRepository = (db: TenantDb): TenantLifecycleRepository => ({
  async find(id) {
    const row = await db
      .forTenant(id)
      .selectFrom('corbel_tenants')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toTenant(row) : null
  },

  async list({ status, q }, { limit, after }) {
    const { rows } = await sql<Row>`
      select * from corbel_tenants
      where ${status === undefined ? sql`true` : sql`status = ${status}`}
        and ${q === undefined ? sql`true` : sql`strpos(lower(name || chr(10) || slug), lower(${q})) > 0`}
        and ${after === null ? sql`true` : sql`id < ${after}`}
      order by id desc limit ${limit + 1}`.execute(db.platform('tenants.list'))
    return rows.map(toTenant)
  },

  async change(id, { to, from, reason, now }) {
    const row = await db
      .forTenant(id)
      .updateTable('corbel_tenants')
      .set({ status: to, status_reason: reason, status_changed_at: now })
      .where('id', '=', id)
      .where('status', 'in', [...from])
      .returningAll()
      .executeTakeFirst()
    return row ? toTenant(row) : null
  },

  async listChangedSince(since) {
    const { rows } = await sql<StatusNote>`
      select id as "tenantId", status from corbel_tenants
      where ${since === null ? sql`status <> 'active'` : sql`status_changed_at >= ${since}::timestamptz`}
      order by status_changed_at`.execute(db.platform('tenants.listChangedSince'))
    return rows
  },

  async findFeatures(id) {
    const row = await db
      .forTenant(id)
      .selectFrom('corbel_tenants')
      .select('features')
      .where('id', '=', id)
      .executeTakeFirst()
    return row?.features ?? null
  },

  async changeFeatures(id, change) {
    const { rows } = await sql<{ readonly features: Features }>`
      update corbel_tenants set features = jsonb_strip_nulls(features || ${jsonb(change)})
      where id = ${id} returning features`.execute(db.forTenant(id))
    return rows[0]?.features ?? null
  },

  async erase(id, now) {
    const rows = db.forTenant(id)
    // First, for it is what concurrent callers wait for.
    const { numUpdatedRows } = await rows
      .updateTable('corbel_tenants')
      .set({
        name: 'erased',
        slug: `erased-${id.slice('ten_'.length)}`,
        status_reason: null,
        erased_at: now,
        features: jsonb({}),
      })
      .where('id', '=', id)
      .where('status', '=', 'deprovisioned')
      .where('erased_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return null
    const erased: Record<string, number> = {}
    // Those that refer to others come after them in the list.
    for (const [table, column] of Object.entries(tenantTables).toReversed()) {
      if (kept.has(table)) continue
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(table)} where ${sql.ref(column)} = ${id}`.execute(rows)
      if (numAffectedRows > 0n) erased[table.slice('corbel_'.length)] = Number(numAffectedRows)
    }
    return erased
  },
})

const toTenant = (row: Row): PlatformTenant => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  status: row.status,
  statusReason: row.status_reason,
  statusChangedAt: row.status_changed_at.toISOString(),
  erasedAt: row.erased_at?.toISOString() ?? null,
})
