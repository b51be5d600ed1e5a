import { type Clock, systemClock } from '../kernel/clock.ts'
import { addMilliseconds } from '../kernel/duration.ts'
import { type Id, newId } from '../kernel/id.ts'
import { appendAudit, type AuditTables, auditTables } from './audit-log.memory.ts'
import type { EventRecorder, Outbox, OutboxEntry } from './outbox.ts'

/** A row of the outbox. Rows are replaced, never changed, so that a copy of the map is a snapshot. */
export interface OutboxRow {
  readonly entry: OutboxEntry
  /** When a delivery may next begin; null for a dead letter. */
  readonly dueAt: Date | null
  readonly error: string | null
  /** Place among all events, in the order in which they were recorded. */
  readonly position: number
}

// One sequence for every table, as a transaction records into one of its own; it goes on where an earlier process ended.
let latest = 0
const nextPosition = (now: Date): number => (latest = Math.max(latest + 1, now.getTime() * 1000))

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
 * reads with {@link mergeOutbox}; a rollback just drops it. Of the audit trail it hands in a copy, which replaces the original.
 */
export const memoryEventRecorder = (
  { clock = systemClock }: MemoryOutboxOptions,
  table: OutboxTable,
  audit: AuditTables = auditTables(),
): EventRecorder => ({
  record: async (...events) => {
    const occurredAt = clock.now()
    for (const event of events) {
      const { type, tenantId, payload, activity } = event
      const id = newId('evt', clock)
      const entry: OutboxEntry = {
        id,
        type,
        tenantId,
        // What a database would keep: the JSON of this moment.
        payload: JSON.parse(JSON.stringify(payload)),
        occurredAt,
        attempts: 0,
        ...(activity && { activity }),
      }
      table.entries.set(id, { entry, dueAt: occurredAt, error: null, position: nextPosition(occurredAt) })
      await appendAudit(audit, event, id, occurredAt)
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
    if (row !== undefined) entries.set(id, { ...row, ...change })
  }

  return {
    claim: async ({ limit, leaseMs }) => {
      const now = clock.now()
      const due = [...entries.values()]
        .flatMap(({ entry, dueAt }) => (dueAt !== null && dueAt <= now ? [{ id: entry.id, dueAt }] : []))
        .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
        .slice(0, limit)
      const taken = new Set(due.map(({ id }) => id))
      return [...entries.values()]
        .filter(({ entry }) => taken.has(entry.id))
        .map((row) => {
          const entry = { ...row.entry, attempts: row.entry.attempts + 1 }
          replace(entry.id, { entry, dueAt: addMilliseconds(now, leaseMs) })
          return entry
        })
    },
    settle: async (ids) => {
      for (const id of ids) entries.delete(id)
    },
    defer: async (id, { retryAt, error }) => replace(id, { dueAt: retryAt, error }),
    depth: async () => {
      const dead = [...entries.values()].filter(({ dueAt }) => dueAt === null).length
      return { pending: entries.size - dead, dead }
    },
  }
}
