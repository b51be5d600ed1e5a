import { type Clock, systemClock } from '../kernel/clock.ts'
import { addMilliseconds } from '../kernel/duration.ts'
import { type Id, newId } from '../kernel/id.ts'
import type { EventRecorder, Outbox, OutboxEntry } from './outbox.ts'

/** A row of the outbox. Rows are replaced, never changed, so that a copy of the map is a snapshot. */
export interface OutboxRow {
  readonly entry: OutboxEntry
  /** When a delivery may next begin; null for a dead letter. */
  readonly dueAt: Date | null
  readonly deliveredAt: Date | null
  readonly error: string | null
}

/** The rows in the order in which they were committed. */
export interface OutboxTable {
  readonly entries: Map<Id<'evt'>, OutboxRow>
}

export interface MemoryOutboxOptions {
  /** @default systemClock */
  readonly clock?: Clock
}

export const outboxTable = (): OutboxTable => ({ entries: new Map() })

/**
 * Records into `table`. A transaction hands in a fresh table and, on commit, adds its rows to the one that the outbox
 * reads with {@link mergeOutbox}; a rollback just drops it.
 */
export const memoryEventRecorder = (
  { clock = systemClock }: MemoryOutboxOptions,
  table: OutboxTable,
): EventRecorder => ({
  record: async (...events) => {
    const occurredAt = clock.now()
    for (const { type, tenantId, payload } of events) {
      const entry: OutboxEntry = {
        id: newId('evt', clock),
        type,
        tenantId,
        // What a database would keep: the JSON of this moment.
        payload: JSON.parse(JSON.stringify(payload)),
        occurredAt,
        attempts: 0,
      }
      table.entries.set(entry.id, { entry, dueAt: occurredAt, deliveredAt: null, error: null })
    }
  },
})

export function mergeOutbox(from: OutboxTable, into: OutboxTable): void {
  for (const [id, row] of from.entries) into.entries.set(id, row)
}

export function memoryOutbox(
  { clock = systemClock }: MemoryOutboxOptions = {},
  table: OutboxTable = outboxTable(),
): Outbox {
  const { entries } = table

  function replace(id: Id<'evt'>, change: Partial<OutboxRow>): void {
    const row = entries.get(id)
    if (row !== undefined && row.deliveredAt === null) entries.set(id, { ...row, ...change })
  }

  return {
    claim: async ({ limit, leaseMs }) => {
      const now = clock.now()
      return [...entries.values()]
        .filter(({ dueAt, deliveredAt }) => deliveredAt === null && dueAt !== null && dueAt <= now)
        .toSorted((a, b) => a.entry.occurredAt.getTime() - b.entry.occurredAt.getTime())
        .slice(0, limit)
        .map((row) => {
          const entry = { ...row.entry, attempts: row.entry.attempts + 1 }
          replace(entry.id, { entry, dueAt: addMilliseconds(now, leaseMs) })
          return entry
        })
    },
    settle: async (ids) => {
      const deliveredAt = clock.now()
      for (const id of ids) replace(id, { deliveredAt })
    },
    defer: async (id, { retryAt, error }) => replace(id, { dueAt: retryAt, error }),
    depth: async () => {
      const waiting = [...entries.values()].filter(({ deliveredAt }) => deliveredAt === null)
      const dead = waiting.filter(({ dueAt }) => dueAt === null).length
      return { pending: waiting.length - dead, dead }
    },
    purge: async (time) => {
      const old = [...entries].filter(([, { deliveredAt }]) => deliveredAt !== null && deliveredAt < time)
      for (const [id] of old) entries.delete(id)
      return old.length
    },
  }
}
