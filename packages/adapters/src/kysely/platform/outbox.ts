import type { ActivityMark, Clock, Id, Outbox } from '@corbel/core/ports'
import { sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'

interface ClaimedRow {
  readonly id: Id<'evt'>
  readonly type: string
  readonly tenant_id: Id<'ten'> | null
  readonly payload: unknown
  readonly occurred_at: Date
  readonly attempts: number
  readonly activity: ActivityMark | null
}

export const kyselyOutbox = (db: TenantDb, clock: Clock): Outbox => ({
  async claim({ limit, leaseMs }) {
    const now = clock.now()
    // Materialized: the planner may otherwise run a subquery with a limit more than once.
    const { rows } = await sql<ClaimedRow>`
      with due as materialized (
        select id from corbel_outbox where due_at <= ${now}::timestamptz
        order by due_at, seq limit ${limit}::integer
        for update skip locked
      ), claimed as (
        update corbel_outbox o
        set attempts = o.attempts + 1, due_at = ${new Date(now.getTime() + leaseMs)}::timestamptz
        from due where o.id = due.id
        returning o.seq, o.id, o.type, o.tenant_id, o.payload, o.occurred_at, o.attempts, o.activity
      )
      select id, type, tenant_id, payload, occurred_at, attempts, activity from claimed order by seq`.execute(
      db.platform('outbox.claim'),
    )
    return rows.map(({ tenant_id: tenantId, occurred_at: occurredAt, activity, ...rest }) => ({
      ...rest,
      ...(activity && { activity }),
      tenantId,
      occurredAt,
    }))
  },

  async settle(ids) {
    if (ids.length === 0) return
    await sql`
      delete from corbel_outbox where id = any(${ids}::text[])`.execute(db.platform('outbox.settle'))
  },

  async defer(id, { retryAt, error }) {
    await db
      .platform('outbox.defer')
      .updateTable('corbel_outbox')
      .set({ due_at: retryAt, last_error: storable(error) })
      .where('id', '=', id)
      .execute()
  },

  async depth() {
    const { rows } = await sql<{ readonly pending: number; readonly dead: number }>`
      select count(due_at)::integer as pending, count(*) filter (where due_at is null)::integer as dead
      from corbel_outbox`.execute(db.platform('outbox.depth'))
    return rows[0] ?? { pending: 0, dead: 0 }
  },
})

/** An error's text can hold anything; Postgres refuses NUL (SQLSTATE 22021). */
const storable = (error: string): string => error.toWellFormed().replaceAll('\0', '\uFFFD')
