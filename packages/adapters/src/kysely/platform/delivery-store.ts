import {
  type Clock,
  type ClaimedDelivery,
  type DeliveryRecord,
  type DeliveryStatus,
  type DeliveryStore,
  type Id,
  newId,
} from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { insertEvents } from './event-recorder.ts'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { storable } from '../storable.ts'
import type { PlatformTables } from './tables.ts'

type Row = Selectable<PlatformTables['corbel_deliveries']>
interface ClaimedRow extends Omit<Row, 'receipt'> {
  readonly receipt: string
}

export const kyselyDeliveryStore = (db: TenantDb, clock: Clock): DeliveryStore => ({
  async record(drafts) {
    const rows = drafts.flatMap(({ recipients, event, route }) =>
      recipients.map((recipient) => ({ id: newId('dlv', clock), route, recipient, event: event.id })),
    )
    if (rows.length === 0) return
    const events = drafts.map(({ event: { id, type, tenantId, payload, occurredAt } }) => ({
      id,
      type,
      tenantId,
      payload,
      occurredAt,
    }))
    const now = clock.now()
    // The handler that asks is still at it, so the event stands in the outbox with its place.
    await sql`
      insert into corbel_deliveries
        (id, route, recipient, tenant_id, event_id, event_seq, event_type, payload, occurred_at, status, created_at, due_at)
      select d.id, d.route, d.recipient, e."tenantId", e.id, coalesce(o.seq, 0), e.type, e.payload, e."occurredAt", 'pending',
        ${now}::timestamptz, ${now}::timestamptz
      from jsonb_to_recordset(${jsonb(rows)}) as d (id text, route text, recipient text, event text)
      join jsonb_to_recordset(${jsonb(events)})
        as e (id text, type text, "tenantId" text, payload jsonb, "occurredAt" timestamptz) on e.id = d.event
      left join corbel_outbox o on o.id = e.id
      order by d.route, d.recipient, e.id
      on conflict on constraint corbel_deliveries_event_key do nothing`.execute(
      db.platform('deliveries.record'),
    )
  },

  async claim({ limit, leaseMs }) {
    const now = clock.now()
    // Only the head of a lane can be taken, and taking it moves its due time: so a lane is given out to one. A rival's snapshot
    // may still show a head as due; the lock re-reads the row, and a head that was taken is due no more.
    const { rows } = await sql<ClaimedRow>`
      with waiting as materialized (
        select tenant_id, min(seq) as seq from corbel_outbox where last_error is null group by tenant_id
      ), due as materialized (
        select d.id from corbel_deliveries d
        where d.status = 'pending' and d.due_at <= ${now}::timestamptz
          and not exists (
            select from corbel_deliveries earlier
            where earlier.route = d.route and earlier.recipient = d.recipient and earlier.status = 'pending'
              and (earlier.event_seq, earlier.id) < (d.event_seq, d.id))
          and not exists (
            select from waiting where waiting.tenant_id is not distinct from d.tenant_id and waiting.seq < d.event_seq)
        order by d.due_at, d.event_seq limit ${limit}::integer
        for update of d skip locked
      )
      update corbel_deliveries d
      set attempts = d.attempts + 1, due_at = ${new Date(now.getTime() + leaseMs)}::timestamptz,
        receipt = ${newId('rcp', clock)}::text || '.' || d.id
      from due where d.id = due.id
      returning d.id, d.route, d.recipient, d.tenant_id, d.event_id, d.event_type, d.payload, d.occurred_at, d.attempts,
        d.receipt`.execute(db.platform('deliveries.claim'))
    return rows.map(toClaimed)
  },

  async settle({ id, receipt }, { status, result }) {
    const { numUpdatedRows } = await db
      .platform('deliveries.end')
      .updateTable('corbel_deliveries')
      .set({ status, result: storable(result), due_at: null, ended_at: clock.now(), receipt: null })
      .where('id', '=', id)
      .where('receipt', '=', receipt)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async defer({ id, receipt }, { retryAt, result }) {
    const { numUpdatedRows } = await db
      .platform('deliveries.end')
      .updateTable('corbel_deliveries')
      .set({ result: storable(result), due_at: retryAt, receipt: null })
      .where('id', '=', id)
      .where('receipt', '=', receipt)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async abandon({ route, recipient }, result) {
    const { numUpdatedRows } = await db
      .platform('deliveries.abandon')
      .updateTable('corbel_deliveries')
      .set({ status: 'dead', result: storable(result), due_at: null, ended_at: clock.now(), receipt: null })
      .where('route', '=', route)
      .where('recipient', '=', recipient)
      .where('status', '=', 'pending')
      .executeTakeFirstOrThrow()
    return Number(numUpdatedRows)
  },

  async list(tenantId, { route, recipient }, { limit, after }) {
    const rows = await (tenantId === null ? db.platform('deliveries.ofPlatform') : db.forTenant(tenantId))
      .selectFrom('corbel_deliveries')
      .selectAll()
      .where('tenant_id', 'is not distinct from', tenantId)
      .where('route', '=', route)
      .where('recipient', '=', recipient)
      .$if(after !== null, (query) => query.where('id', '<', after as Id<'dlv'>))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toRecord)
  },

  async listAll({ tenantId, route, status }, { limit, after }) {
    const rows = await (tenantId === undefined ? db.platform('deliveries.list') : db.forTenant(tenantId))
      .selectFrom('corbel_deliveries')
      .selectAll()
      .$if(tenantId !== undefined, (query) => query.where('tenant_id', '=', tenantId as Id<'ten'>))
      .$if(route !== undefined, (query) => query.where('route', '=', route as string))
      .$if(status !== undefined, (query) => query.where('status', '=', status as DeliveryStatus))
      .$if(after !== null, (query) => query.where('id', '<', after as Id<'dlv'>))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
    return rows.map(toRecord)
  },

  async find(id) {
    const row = await db
      .platform('deliveries.list')
      .selectFrom('corbel_deliveries')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toRecord(row) : null
  },

  async redeliver(tenantId, route, id, events) {
    const { rows } = await sql<Row>`
      with begun as (
        update corbel_deliveries
        set status = 'pending', attempts = 0, due_at = ${clock.now()}::timestamptz, ended_at = null
        where tenant_id is not distinct from ${tenantId} and route = ${route} and id = ${id} and status <> 'pending'
        returning *
      ), recorded as (${insertEvents(clock, events, sql`exists (select from begun)`)})
      select * from begun`.execute(
      tenantId === null ? db.platform('deliveries.ofPlatform') : db.forTenant(tenantId),
    )
    return rows[0] ? toRecord(rows[0]) : null
  },

  async purge(endedBefore) {
    const { numDeletedRows } = await db
      .platform('deliveries.purge')
      .deleteFrom('corbel_deliveries')
      .where('ended_at', '<', endedBefore)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },

  async depth() {
    const { rows } = await sql<{ readonly pending: number; readonly dead: number }>`
      select (select count(*) from corbel_deliveries where status = 'pending')::integer as pending,
        (select count(*) from corbel_deliveries where status = 'dead')::integer as dead`.execute(
      db.platform('deliveries.depth'),
    )
    return rows[0] ?? { pending: 0, dead: 0 }
  },
})

const toClaimed = (row: ClaimedRow): ClaimedDelivery => ({
  id: row.id,
  route: row.route,
  recipient: row.recipient,
  event: {
    id: row.event_id,
    type: row.event_type,
    tenantId: row.tenant_id,
    payload: row.payload,
    occurredAt: row.occurred_at,
  },
  attempts: row.attempts,
  receipt: row.receipt,
})

const toRecord = (row: Row): DeliveryRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  route: row.route,
  recipient: row.recipient,
  eventId: row.event_id,
  eventType: row.event_type,
  status: row.status,
  attempts: row.attempts,
  result: row.result,
  createdAt: row.created_at,
  dueAt: row.due_at,
  endedAt: row.ended_at,
})
