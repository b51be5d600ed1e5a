import type { UsageDraft, UsageKey, UsageRecord, UsageRepository } from '@corbel/billing/ports'
import type { Id } from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { storable } from '../storable.ts'
import type { BillingTables } from './tables.ts'

type Row = Selectable<BillingTables['corbel_billing_usage']>

export const kyselyUsageRepository = (db: TenantDb): UsageRepository => ({
  async insert(tenantId, drafts) {
    if (drafts.length === 0) return []
    // One at a time for each key, so that concurrent calls with the same keys in another order do not lock each other out.
    const rows = new Map(drafts.toReversed().map((draft) => [draft.idempotencyKey, draft]))
    const { rows: inserted } = await sql<{ readonly idempotency_key: string }>`
      insert into corbel_billing_usage (tenant_id, idempotency_key, id, feature_key, quantity, reference, occurred_at, recorded_at,
        state, due_at)
      select ${tenantId}::text, r."idempotencyKey", r.id, r."featureKey", r.quantity, r.reference, r."occurredAt", r."recordedAt",
        case when r."dueAt" is null then 'local' else 'pending' end, r."dueAt"
      from jsonb_to_recordset(${jsonb([...rows.values()])}) as r ("idempotencyKey" text, id text, "featureKey" text, quantity numeric,
        reference text, "occurredAt" timestamptz, "recordedAt" timestamptz, "dueAt" timestamptz)
      order by r."idempotencyKey" collate "C"
      on conflict on constraint corbel_billing_usage_pkey do nothing
      returning idempotency_key`.execute(db.forTenant(tenantId))
    const made = new Set(inserted.map(({ idempotency_key: key }) => key))
    const known = await load(
      db,
      tenantId,
      [...rows.keys()].filter((key) => !made.has(key)),
    )
    return drafts.map(
      ({ idempotencyKey: key }) => known.get(key) ?? toNew(tenantId, rows.get(key) as UsageDraft),
    )
  },

  async totals(tenantId, { from, until }) {
    const { rows } = await sql<{ featureKey: string; quantity: string; records: number }>`
      select feature_key as "featureKey", trim_scale(sum(quantity))::text as quantity, count(*)::integer as records
      from corbel_billing_usage
      where tenant_id = ${tenantId} and occurred_at >= ${from}::timestamptz and occurred_at < ${until}::timestamptz
      group by feature_key order by feature_key`.execute(db.forTenant(tenantId))
    return rows
  },

  async claim({ limit, leaseMs, now }) {
    const { rows } = await sql<Row & { readonly customer_id: string | null; readonly was_due_at: Date }>`
      with due as materialized (
        select tenant_id, id, due_at from corbel_billing_usage
        where state = 'pending' and due_at <= ${now}::timestamptz
        order by due_at limit ${limit}::integer
        for update skip locked
      ), claimed as (
        update corbel_billing_usage u set due_at = ${new Date(now.getTime() + leaseMs)}::timestamptz
        from due where u.tenant_id = due.tenant_id and u.id = due.id
        returning u.*, due.due_at as was_due_at
      )
      select claimed.*, claimed.quantity::text as quantity, c.customer_id
      from claimed left join corbel_billing_customers c on c.tenant_id = claimed.tenant_id and c.retired_at is null
      order by claimed.was_due_at`.execute(db.platform('billingUsage.claim'))
    return rows.map((row) => ({ ...toRecord(row), customerId: row.customer_id }))
  },

  async settle(settlements) {
    if (settlements.length === 0) return
    const rows = inOrder(settlements).map((row) => ({ ...row, note: row.note && storable(row.note) }))
    await sql`
      update corbel_billing_usage u set state = s.state, note = s.note, due_at = null
      from jsonb_to_recordset(${jsonb(rows)}) as s ("tenantId" text, id text, state text, note text)
      where u.tenant_id = s."tenantId" and u.id = s.id and u.state = 'pending'`.execute(
      db.platform('billingUsage.end'),
    )
  },

  async defer(records, dueAt) {
    if (records.length === 0) return
    await sql`
      update corbel_billing_usage u set due_at = ${dueAt}::timestamptz
      from jsonb_to_recordset(${jsonb(inOrder(records).map(({ tenantId, id }) => ({ tenantId, id })))}) as s ("tenantId" text, id text)
      where u.tenant_id = s."tenantId" and u.id = s.id and u.state = 'pending'`.execute(
      db.platform('billingUsage.end'),
    )
  },

  async depth() {
    const { rows } = await sql<{ pending: number; refused: number }>`
      select (select count(*) from corbel_billing_usage where state = 'pending')::integer as pending,
        (select count(*) from corbel_billing_usage where state = 'refused')::integer as refused`.execute(
      db.platform('billingUsage.depth'),
    )
    return rows[0] ?? { pending: 0, refused: 0 }
  },
})

async function load(
  db: TenantDb,
  tenantId: Id<'ten'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, UsageRecord>> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql<Row>`
    select u.*, trim_scale(u.quantity)::text as quantity from corbel_billing_usage u
    where u.tenant_id = ${tenantId} and u.idempotency_key = any(${[...keys]}::text[])`.execute(
    db.forTenant(tenantId),
  )
  return new Map(rows.map((row) => [row.idempotency_key, toRecord(row)]))
}

const inOrder = <T extends UsageKey>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))

const toNew = (tenantId: Id<'ten'>, { dueAt, ...draft }: UsageDraft): UsageRecord => ({
  ...draft,
  tenantId,
  state: dueAt === null ? 'local' : 'pending',
  note: null,
})

const toRecord = (row: Row): UsageRecord => ({
  tenantId: row.tenant_id,
  id: row.id,
  idempotencyKey: row.idempotency_key,
  featureKey: row.feature_key,
  quantity: row.quantity,
  reference: row.reference,
  occurredAt: row.occurred_at,
  recordedAt: row.recorded_at,
  state: row.state,
  note: row.note,
})
