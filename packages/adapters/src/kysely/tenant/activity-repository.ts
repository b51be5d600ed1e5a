import type { Id } from '@corbel/core/ports'
import {
  type Activity,
  type ActivityFilter,
  type ActivityRepository,
  mostUnread,
} from '@corbel/core/tenant/ports'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { TenantTables } from './tables.ts'

type Row = Selectable<TenantTables['corbel_activity']>
type ListRow = { readonly unread: number } & (
  | (Row & { readonly read: boolean; readonly dismissed: boolean })
  | { readonly seq: null }
)

export const kyselyActivityRepository = (db: TenantDb): ActivityRepository => ({
  async insert(tenantId, activity) {
    const { id, action, occurredAt, outcome, source, actorId, impersonatorId, objectId, requestId, data } =
      activity
    await sql`
      with placed as (
        update corbel_tenants set activity_seq = activity_seq + 1
        where id = ${tenantId} and erased_at is null
          and not exists (select from corbel_activity where tenant_id = ${tenantId} and id = ${id})
        returning activity_seq
      )
      insert into corbel_activity (tenant_id, seq, id, action, occurred_at, outcome, source, actor_id, impersonator_id,
        object_id, request_id, data)
      select ${tenantId}::text, activity_seq, ${id}::text, ${action}::text, ${occurredAt}::timestamptz, ${outcome}::text,
        ${source}::text, ${actorId}::text, ${impersonatorId}::text, ${objectId}::text, ${requestId}::text, ${jsonb(data)}
      from placed
      on conflict on constraint corbel_activity_pkey do nothing`.execute(db.forTenant(tenantId))
  },

  async listAfter(tenantId, seq, limit) {
    const { rows } = await sql<Row>`
      select * from corbel_activity where tenant_id = ${tenantId} and seq > ${seq}::bigint
      order by seq limit ${limit}::integer`.execute(db.forTenant(tenantId))
    return rows.map((row) => ({ seq: Number(row.seq), activity: toActivity(row) }))
  },

  async bounds(tenantId) {
    const { rows } = await sql<{ readonly base: string; readonly head: string }>`
      select t.activity_seq as head, coalesce(
        (select min(seq) - 1 from corbel_activity where tenant_id = ${tenantId}), t.activity_seq) as base
      from corbel_tenants t where t.id = ${tenantId}`.execute(db.forTenant(tenantId))
    return { base: Number(rows[0]?.base ?? 0), head: Number(rows[0]?.head ?? 0) }
  },

  async list({ tenantId, userId }, filter, { limit, after }) {
    const isRead = sql`(a.seq <= r.read_through or m.dismissed is not null or a.actor_id is not distinct from ${userId})`
    const wanted = [
      stateOf(filter, isRead),
      ...(after === null ? [] : [sql`a.seq < ${after}::bigint`]),
      ...equalities.flatMap(([key, column]) =>
        filter[key] === undefined ? [] : [sql`${sql.ref(column)} = ${filter[key]}::text`],
      ),
      ...(filter.from === undefined ? [] : [sql`a.occurred_at >= ${filter.from}::timestamptz`]),
      ...(filter.until === undefined ? [] : [sql`a.occurred_at < ${filter.until}::timestamptz`]),
    ]
    const seen = sql`
      from corbel_activity a
      left join corbel_activity_marks m
        on m.tenant_id = a.tenant_id and m.activity_id = a.id and m.user_id = ${userId}
      where a.tenant_id = ${tenantId}`
    const { rows } = await sql<ListRow>`
      with r as (select coalesce((
        select read_through from corbel_activity_readers where tenant_id = ${tenantId} and user_id = ${userId}), 0) as read_through)
      select u.unread, l.* from r
      cross join lateral (
        select count(*)::integer as unread from (
          select ${seen} and a.seq > r.read_through and not ${isRead} limit ${mostUnread}::integer) as s
      ) as u
      left join lateral (
        select a.*, ${isRead} as read, coalesce(m.dismissed, false) as dismissed ${seen}
          and ${sql.join(
            wanted.map((condition) => sql`(${condition})`),
            sql` and `,
          )}
        order by a.seq desc limit ${limit + 1}::integer
      ) as l on true
      order by l.seq desc`.execute(db.forTenant(tenantId))
    return {
      unreadCount: rows[0]?.unread ?? 0,
      rows: rows.flatMap((row) =>
        row.seq === null
          ? []
          : [
              {
                seq: Number(row.seq),
                item: { ...toActivity(row), read: row.read, dismissed: row.dismissed },
              },
            ],
      ),
    }
  },

  async mark({ tenantId, userId }, id, mark) {
    const { rows } = await sql`
      with found as (select id from corbel_activity where tenant_id = ${tenantId} and id = ${id}),
      marked as (
        insert into corbel_activity_marks (tenant_id, user_id, activity_id, dismissed)
        select ${tenantId}::text, ${userId}::text, id, ${mark === 'dismissed'}::boolean from found
        on conflict on constraint corbel_activity_marks_pkey
          do update set dismissed = corbel_activity_marks.dismissed or excluded.dismissed
      )
      select id from found`.execute(db.forTenant(tenantId))
    return rows.length > 0
  },

  async markAllRead({ tenantId, userId }) {
    await sql`
      insert into corbel_activity_readers (tenant_id, user_id, read_through)
      select ${tenantId}::text, ${userId}::text, activity_seq from corbel_tenants where id = ${tenantId}
      on conflict on constraint corbel_activity_readers_pkey
        do update set read_through = greatest(corbel_activity_readers.read_through, excluded.read_through)`.execute(
      db.forTenant(tenantId),
    )
  },

  async forget(userId) {
    await sql`
      with marks as (delete from corbel_activity_marks where user_id = ${userId})
      delete from corbel_activity_readers where user_id = ${userId}`.execute(db.platform('activity.forget'))
  },

  async purge(before) {
    const { numAffectedRows = 0n } = await sql`
      delete from corbel_activity where occurred_at < ${before}::timestamptz`.execute(
      db.platform('activity.purge'),
    )
    return Number(numAffectedRows)
  },
})

const equalities = [
  ['action', 'a.action'],
  ['actorId', 'a.actor_id'],
  ['objectId', 'a.object_id'],
  ['source', 'a.source'],
  ['outcome', 'a.outcome'],
  ['requestId', 'a.request_id'],
] as const

function stateOf({ state }: ActivityFilter, isRead: RawBuilder<unknown>): RawBuilder<unknown> {
  const isDismissed = sql`coalesce(m.dismissed, false)`
  if (state === 'all') return sql`true`
  if (state === 'dismissed') return isDismissed
  if (state === 'inbox') return sql`not ${isDismissed}`
  return sql`not ${isDismissed} and not ${isRead}`
}

const toActivity = (row: Row): Activity => ({
  id: row.id as Id<'evt'>,
  action: row.action,
  occurredAt: row.occurred_at.toISOString(),
  outcome: row.outcome,
  source: row.source,
  actorId: row.actor_id,
  impersonatorId: row.impersonator_id,
  objectId: row.object_id,
  requestId: row.request_id,
  data: row.data,
})
