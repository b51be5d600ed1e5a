import {
  endedStatuses,
  type ProjectedObject,
  type ProjectedType,
  type Projection,
  type ProjectionRepository,
} from '@corbel/billing/ports'
import { type Selectable, sql } from 'kysely'
import { jsonb, storableJsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { BillingTables } from './tables.ts'

type Row = Selectable<BillingTables['corbel_billing_objects']>

export const kyselyProjectionRepository = (db: TenantDb): ProjectionRepository => ({
  async load(keys) {
    if (keys.length === 0) return []
    const { rows } = await sql<Row>`
      select o.* from corbel_billing_objects o
      join jsonb_to_recordset(${jsonb(keys)}) as k (type text, id text) on o.type = k.type and o.id = k.id`.execute(
      db.platform('billingObjects.load'),
    )
    return rows.map((row) => toProjection(row))
  },

  async save(projections) {
    if (projections.length === 0) return
    const rows = projections
      .map(({ tenantId, object: { type, value }, seenAt, fetchedAt, version }) => ({
        tenantId,
        type,
        id: value.id,
        state: value,
        createdAt: value.createdAt,
        seenAt,
        fetchedAt,
        version,
      }))
      .toSorted((a, b) => (`${a.type} ${a.id}` < `${b.type} ${b.id}` ? -1 : 1))
    await sql`
      insert into corbel_billing_objects as o (tenant_id, type, id, state, created_at, seen_at, fetched_at, version)
      select r."tenantId", r.type, r.id, r.state, r."createdAt", r."seenAt", r."fetchedAt", r.version
      from jsonb_to_recordset(${storableJsonb(rows)}) as r ("tenantId" text, type text, id text, state jsonb,
        "createdAt" timestamptz, "seenAt" timestamptz, "fetchedAt" timestamptz, version integer)
      on conflict on constraint corbel_billing_objects_pkey do update
      set state = excluded.state, created_at = excluded.created_at, seen_at = excluded.seen_at,
        fetched_at = excluded.fetched_at, version = excluded.version
      where o.tenant_id = excluded.tenant_id`.execute(db.platform('billingObjects.save'))
  },

  async find(tenantId, type, id) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_billing_objects')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('type', '=', type)
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toProjection(row) : null
  },

  async list(tenantId, type, { limit, after }) {
    const [time = '', id = ''] = after?.split(':') ?? []
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_billing_objects')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('type', '=', type)
      .$if(after !== null, (query) =>
        query.where(sql<boolean>`(created_at, id) < (${new Date(Number(time))}::timestamptz, ${id})`),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map((row) => toProjection(row))
  },

  async listOpen({ limit, after }) {
    const { rows } = await sql<Row>`
      select * from corbel_billing_objects
      where type = 'subscription' and id > ${after ?? ''} and state ->> 'status' <> all (${[...endedStatuses]}::text[])
      order by id limit ${limit + 1}::integer`.execute(db.platform('billingObjects.listOpen'))
    return rows.map((row) => toProjection(row))
  },

  async listOpenOf(tenantIds) {
    if (tenantIds.length === 0) return []
    const { rows } = await sql<Row>`
      select * from corbel_billing_objects
      where tenant_id = any(${[...tenantIds]}::text[]) and type = 'subscription'
        and state ->> 'status' <> all (${[...endedStatuses]}::text[])`.execute(
      db.platform('billingObjects.listOpenOf'),
    )
    return rows.map((row) => toProjection(row))
  },
})

/** The type of the row is the one that was asked for. */
const toProjection = <Type extends ProjectedType>(row: Row): Projection<Type> => ({
  tenantId: row.tenant_id,
  object: { type: row.type, value: row.state } as ProjectedObject & { readonly type: Type },
  seenAt: row.seen_at,
  fetchedAt: row.fetched_at,
  version: row.version,
})
