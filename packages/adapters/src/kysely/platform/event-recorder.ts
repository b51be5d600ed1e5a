import { type Clock, type DomainEvent, type EventRecorder, newId } from '@corbel/core/ports'
import { type RawBuilder, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'

/**
 * `insert into corbel_outbox …`, as a statement or as a part of a larger one.
 *
 * @param condition - With it, nothing is recorded unless it holds: the events of a conditional change.
 */
export function insertEvents(
  clock: Clock,
  events: readonly DomainEvent[],
  condition = sql`true`,
): RawBuilder<Record<string, unknown>> {
  const now = clock.now()
  const rows = events.map(({ type, tenantId, payload }) => ({
    id: newId('evt', clock),
    type,
    tenantId,
    payload,
  }))
  return sql<Record<string, unknown>>`
    insert into corbel_outbox (id, type, tenant_id, payload, occurred_at, due_at)
    select e.row ->> 'id', e.row ->> 'type', e.row ->> 'tenantId', e.row -> 'payload', ${now}::timestamptz, ${now}::timestamptz
    from jsonb_array_elements(${jsonb(rows)}) with ordinality as e (row, position)
    where ${condition}
    order by e.position`
}

export const kyselyEventRecorder = (db: TenantDb, clock: Clock): EventRecorder => ({
  async record(...events) {
    if (events.length > 0) await insertEvents(clock, events).execute(db.forOwner(events, 'events.record'))
  },
})
