import type { InboxClaim, InboxDraft, InboxEvent, InboxFilter, InboxRepository } from '@corbel/billing/ports'
import { newId, type PageRequest } from '@corbel/core/ports'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { jsonb, storableJsonb } from '../json.ts'
import type { ScopedDb, TenantDb } from '../scoped-db.ts'
import { storable } from '../storable.ts'
import type { BillingTables } from './tables.ts'

type Row = Selectable<BillingTables['corbel_billing_inbox']>
interface ClaimedRow extends Omit<Row, 'receipt'> {
  readonly receipt: string
}

export const kyselyInboxRepository = (db: TenantDb): InboxRepository => ({
  async insert(drafts) {
    if (drafts.length === 0) return []
    // One at a time for each event, so that concurrent calls with the same events in another order do not lock each other out.
    const rows = distinct(drafts)
    const { rows: inserted } = await sql<{ readonly account: string; readonly id: string }>`
      insert into corbel_billing_inbox (account, id, kind, type, object_type, object_id, api_version, occurred_at, received_at,
        twin_id, secret_index, payload, due_at)
      select r."account", r."id", r."kind", r."type", r."objectType", r."objectId", r."apiVersion", r."occurredAt", r."receivedAt",
        r."twinId", r."secretIndex", r."payload", r."receivedAt"
      from jsonb_to_recordset(${storableJsonb(rows)}) as r ("account" text, "id" text, "kind" text, "type" text, "objectType" text,
        "objectId" text, "apiVersion" text, "occurredAt" timestamptz, "receivedAt" timestamptz, "twinId" text, "secretIndex" integer,
        "payload" jsonb)
      order by r."account", r."id"
      on conflict (account, id) do nothing
      returning account, id`.execute(db.platform('billingInbox.insert'))
    const made = new Set(inserted.map(keyOf))
    return drafts.map((draft) => made.delete(keyOf(draft)))
  },

  async claim({ limit, leaseMs, now }) {
    const { rows } = await sql<ClaimedRow>`
      with due as materialized (
        select seq, due_at, receipt is not null as lapsed from corbel_billing_inbox
        where status = 'pending' and due_at <= ${now}::timestamptz
        order by due_at, seq limit ${limit}::integer
        for update skip locked
      ), longest_due as (
        select seq, lapsed from due order by due_at, seq limit 1
      ), claimed as (
        update corbel_billing_inbox i
        set attempts = i.attempts + 1, lapses = i.lapses + due.lapsed::integer,
          due_at = ${new Date(now.getTime() + leaseMs)}::timestamptz, receipt = ${newId('rcp')}::text || '.' || i.seq
        from due, longest_due l
        where i.seq = due.seq and case when l.lapsed then due.seq = l.seq else not due.lapsed end
        returning i.*
      )
      select * from claimed order by received_at, seq`.execute(db.platform('billingInbox.claim'))
    return rows.map((row) => ({ ...toEvent(row), receipt: row.receipt }))
  },

  async settle(settlements, now) {
    if (settlements.length === 0) return 0
    const rows = settlements
      .map(({ claim: { account, id, receipt }, outcome, tenantId, note }) => ({
        account,
        id,
        receipt,
        outcome,
        tenantId,
        note: note === null ? null : storable(note),
      }))
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    const { numAffectedRows = 0n } = await sql`
      update corbel_billing_inbox i
      set status = s.outcome, tenant_id = s."tenantId", note = s.note, due_at = null, ended_at = ${now}::timestamptz, receipt = null
      from jsonb_to_recordset(${jsonb(rows)})
        as s (account text, id text, receipt text, outcome text, "tenantId" text, note text)
      where i.account = s.account and i.id = s.id and i.receipt = s.receipt and i.status = 'pending'`.execute(
      db.platform('billingInbox.end'),
    )
    return Number(numAffectedRows)
  },

  async defer(claim, { retryAt, note, uncounted = false }) {
    const { numAffectedRows = 0n } = await sql`
      update corbel_billing_inbox
      set due_at = ${retryAt}::timestamptz, note = ${storable(note)}, receipt = null, lapses = 0,
        attempts = attempts - ${uncounted ? 1 : 0}::integer
      where ${isHeld(claim)}`.execute(db.platform('billingInbox.end'))
    return numAffectedRows > 0n
  },

  async find({ account, id }) {
    const { rows } = await sql<Row>`
      select * from corbel_billing_inbox where account = ${account} and id = ${id}`.execute(
      db.platform('billingInbox.list'),
    )
    return rows[0] ? toEvent(rows[0]) : null
  },

  list: (filter, page) =>
    list(
      filter.tenantId === undefined ? db.platform('billingInbox.list') : db.forTenant(filter.tenantId),
      selects(filter),
      page,
    ),

  listOfTenant: (tenantId, filter, page) =>
    list(db.forTenant(tenantId), sql`${selects({ ...filter, tenantId })} and status <> 'pending'`, page),

  async replay(filter, now) {
    const { numAffectedRows = 0n } = await sql`
      update corbel_billing_inbox
      set status = 'pending', attempts = 0, lapses = 0, due_at = ${now}::timestamptz, ended_at = null, replays = replays + 1
      where ${selects(filter)} and status <> 'pending'`.execute(
      filter.tenantId === undefined ? db.platform('billingInbox.replay') : db.forTenant(filter.tenantId),
    )
    return Number(numAffectedRows)
  },

  async purge(endedBefore) {
    const { numDeletedRows } = await db
      .platform('billingInbox.purge')
      .deleteFrom('corbel_billing_inbox')
      .where('ended_at', '<', endedBefore)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },

  async depth() {
    const { rows } = await sql<{ pending: number; dead: number; oldestDueAt: Date | null }>`
      select (select count(*) from corbel_billing_inbox where status = 'pending')::integer as pending,
        (select count(*) from corbel_billing_inbox where status = 'dead')::integer as dead,
        (select min(due_at) from corbel_billing_inbox where status = 'pending') as "oldestDueAt"`.execute(
      db.platform('billingInbox.depth'),
    )
    return rows[0] ?? { pending: 0, dead: 0, oldestDueAt: null }
  },
})

const keyOf = ({ account, id }: { readonly account: string; readonly id: string }): string =>
  `${account} ${id}`

const distinct = (drafts: readonly InboxDraft[]): readonly InboxDraft[] => [
  ...new Map(drafts.toReversed().map((draft) => [keyOf(draft), draft])).values(),
]

const isHeld = ({ account, id, receipt }: InboxClaim): RawBuilder<boolean> =>
  sql`account = ${account} and id = ${id} and receipt = ${receipt} and status = 'pending'`

const selects = ({ ids, type, tenantId, status, objectId, from, until }: InboxFilter): RawBuilder<boolean> =>
  sql.join(
    [
      sql`true`,
      ...(ids === undefined ? [] : [sql`id = any(${[...ids]}::text[])`]),
      ...(type === undefined ? [] : [sql`type = ${type}`]),
      ...(tenantId === undefined ? [] : [sql`tenant_id = ${tenantId}`]),
      ...(status === undefined ? [] : [sql`status = ${status}`]),
      ...(objectId === undefined ? [] : [sql`object_id = ${objectId}`]),
      ...(from === undefined ? [] : [sql`received_at >= ${from}::timestamptz`]),
      ...(until === undefined ? [] : [sql`received_at < ${until}::timestamptz`]),
    ],
    sql` and `,
  )

async function list(
  db: ScopedDb,
  where: RawBuilder<unknown>,
  { limit, after }: PageRequest,
): Promise<readonly InboxEvent[]> {
  const { rows } = await sql<Row>`
    select * from corbel_billing_inbox
    where ${where} and ${after === null ? sql`true` : sql`seq < ${after}::bigint`}
    order by seq desc limit ${limit + 1}::integer`.execute(db)
  return rows.map(toEvent)
}

const toEvent = (row: Row): InboxEvent => ({
  account: row.account,
  id: row.id,
  kind: row.kind,
  type: row.type,
  objectType: row.object_type,
  objectId: row.object_id,
  apiVersion: row.api_version,
  occurredAt: row.occurred_at,
  receivedAt: row.received_at,
  twinId: row.twin_id,
  secretIndex: row.secret_index,
  payload: row.payload,
  tenantId: row.tenant_id,
  status: row.status,
  attempts: row.attempts,
  lapses: row.lapses,
  note: row.note,
  dueAt: row.due_at,
  endedAt: row.ended_at,
  replays: row.replays,
  position: String(row.seq),
})
