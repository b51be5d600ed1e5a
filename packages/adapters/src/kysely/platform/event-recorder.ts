import { type Clock, type DomainEvent, type EventRecorder, newId } from '@corbel/core/ports'
import { type RawBuilder, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { auditArguments } from './audit-draft.ts'

/**
 * `insert into corbel_outbox …`, as a statement or as a part of a larger one. It also writes the rows of the audit trail that the
 * events call for; in the order of their chains, so that two statements with the same chains cannot deadlock.
 *
 * @param condition - With it, nothing is recorded unless it holds: the events of a conditional change.
 */
export function insertEvents(
  clock: Clock,
  events: readonly DomainEvent[],
  condition = sql`true`,
): RawBuilder<Record<string, unknown>> {
  const now = clock.now()
  const rows = events.map((event) => {
    const { type, tenantId, payload, activity } = event
    const id = newId('evt', clock)
    return { id, type, tenantId, payload, activity, audit: auditArguments(event, id, now) }
  })
  // Without an event to audit the function is not called, and the statement needs no plan of it.
  const auditSeq = events.some(({ audit }) => audit)
    ? sql`case when e.row -> 'audit' ->> 'content' is not null then corbel_audit_append(
        e.row -> 'audit' ->> 'chain', e.row -> 'audit' ->> 'content', e.row -> 'audit' ->> 'personal') end`
    : sql`null::bigint`
  return sql<Record<string, unknown>>`
    insert into corbel_outbox (id, type, tenant_id, payload, occurred_at, due_at, audit_seq, activity)
    select e.row ->> 'id', e.row ->> 'type', e.row ->> 'tenantId', e.row -> 'payload', ${now}::timestamptz, ${now}::timestamptz,
      ${auditSeq}, e.row -> 'activity'
    from jsonb_array_elements(${jsonb(rows)}) with ordinality as e (row, position)
    where ${condition}
    order by e.row ->> 'tenantId' nulls first, e.position`
}

export const kyselyEventRecorder = (db: TenantDb, clock: Clock): EventRecorder => ({
  async record(...events) {
    if (events.length > 0) await insertEvents(clock, events).execute(db.forOwner(events, 'events.record'))
  },
})

/**
 * Keeps the events of a transaction back until `flush`, just before it commits: the head of an audit chain is then locked for one
 * round trip, whatever the transaction does, and all chains in one order.
 */
export function deferredEventRecorder(db: TenantDb, clock: Clock) {
  const recorder = kyselyEventRecorder(db, clock)
  const kept: DomainEvent[] = []
  return {
    record: async (...events: readonly DomainEvent[]) => void kept.push(...events),
    flush: () => recorder.record(...kept),
  }
}
