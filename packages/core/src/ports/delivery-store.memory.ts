import { type Clock, systemClock } from '../kernel/clock.ts'
import { addMilliseconds } from '../kernel/duration.ts'
import { type Id, newId } from '../kernel/id.ts'
import type { PageRequest } from '../kernel/page.ts'
import type { ClaimedDelivery, DeliveryRecord, DeliveryStore } from './delivery-store.ts'
import { memoryEventRecorder, type OutboxTable, outboxTable } from './outbox.memory.ts'
import type { EventRecorder, RecordedEvent } from './outbox.ts'

/** Rows are replaced, never changed, so that a copy of the map is a snapshot. */
export interface DeliveryRow extends DeliveryRecord {
  readonly event: RecordedEvent
  /** Place of the event among all that were recorded. */
  readonly position: number
  readonly receipt: string | null
}

export interface DeliveryTable {
  readonly deliveries: Map<Id<'dlv'>, DeliveryRow>
}

export const deliveryTable = (): DeliveryTable => ({ deliveries: new Map() })

/** Reference implementation. Every verb is one turn of the event loop. */
export function memoryDeliveries(
  { clock = systemClock }: { readonly clock?: Clock } = {},
  { deliveries }: DeliveryTable = deliveryTable(),
  outbox: OutboxTable = outboxTable(),
  events: EventRecorder = memoryEventRecorder({ clock }, outbox),
): DeliveryStore {
  const { entries } = outbox
  const rows = (): DeliveryRow[] => [...deliveries.values()]

  /** Events whose handlers are still to be asked for the first time, or being asked. */
  const waits = ({ event, position }: DeliveryRow): boolean =>
    [...entries.values()].some(
      ({ entry, error, position: earlier }) =>
        error === null && entry.tenantId === event.tenantId && earlier < position,
    )

  const claimed = ({ id, receipt }: Pick<ClaimedDelivery, 'id' | 'receipt'>): DeliveryRow | null => {
    const row = deliveries.get(id)
    return row?.status === 'pending' && row.receipt === receipt ? row : null
  }

  return {
    record: async (drafts) => {
      for (const { route, recipients, event } of drafts) {
        for (const recipient of recipients) {
          const known = rows().some(
            (row) => row.route === route && row.recipient === recipient && row.eventId === event.id,
          )
          if (known) continue
          const { id: eventId, type: eventType, tenantId, payload, occurredAt } = event
          const [id, createdAt] = [newId('dlv', clock), clock.now()]
          deliveries.set(id, {
            id,
            tenantId,
            route,
            recipient,
            eventId,
            eventType,
            createdAt,
            status: 'pending',
            attempts: 0,
            result: null,
            dueAt: createdAt,
            endedAt: null,
            receipt: null,
            event: structuredClone({ id: eventId, type: eventType, tenantId, payload, occurredAt }),
            position: entries.get(eventId)?.position ?? 0,
          })
        }
      }
    },
    claim: async ({ limit, leaseMs }) => {
      const now = clock.now()
      const heads = new Map<string, DeliveryRow>()
      const pending = rows().filter(({ status }) => status === 'pending')
      for (const row of pending.toSorted((a, b) => a.position - b.position)) {
        const lane = JSON.stringify([row.route, row.recipient])
        if (!heads.has(lane)) heads.set(lane, row)
      }
      return [...heads.values()]
        .filter((row) => row.dueAt !== null && row.dueAt <= now && !waits(row))
        .toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt) || a.position - b.position)
        .slice(0, limit)
        .map((row) => {
          const receipt = newId('rcp', clock)
          const attempts = row.attempts + 1
          deliveries.set(row.id, { ...row, attempts, receipt, dueAt: addMilliseconds(now, leaseMs) })
          const { id, route, recipient, event } = row
          return { id, route, recipient, event, attempts, receipt }
        })
    },
    settle: async (claim, { status, result }) => {
      const row = claimed(claim)
      if (row !== null)
        deliveries.set(row.id, { ...row, status, result, dueAt: null, endedAt: clock.now(), receipt: null })
      return row !== null
    },
    defer: async (claim, { retryAt, result }) => {
      const row = claimed(claim)
      if (row !== null) deliveries.set(row.id, { ...row, result, dueAt: retryAt, receipt: null })
      return row !== null
    },
    abandon: async ({ route, recipient }, result) => {
      const pending = rows().filter(
        (row) => row.route === route && row.recipient === recipient && row.status === 'pending',
      )
      const ended = { status: 'dead', result, dueAt: null, endedAt: clock.now(), receipt: null } as const
      for (const row of pending) deliveries.set(row.id, { ...row, ...ended })
      return pending.length
    },
    list: async (tenantId, { route, recipient }, page) =>
      pageOf(
        rows().filter(
          (row) => row.tenantId === tenantId && row.route === route && row.recipient === recipient,
        ),
        page,
      ),
    listAll: async ({ tenantId, route, status }, page) =>
      pageOf(
        rows().filter(
          (row) =>
            (tenantId === undefined || row.tenantId === tenantId) &&
            (route === undefined || row.route === route) &&
            (status === undefined || row.status === status),
        ),
        page,
      ),
    find: async (id) => {
      const row = deliveries.get(id)
      return row === undefined ? null : recordOf(row)
    },
    redeliver: async (tenantId, route, id, caused) => {
      const row = deliveries.get(id)
      if (row === undefined || row.tenantId !== tenantId || row.route !== route) return null
      if (row.status === 'pending') return null
      const again = { ...row, status: 'pending', attempts: 0, dueAt: clock.now(), endedAt: null } as const
      deliveries.set(id, again)
      await events.record(...caused)
      return recordOf(again)
    },
    purge: async (endedBefore) => {
      const old = rows().filter(({ endedAt }) => endedAt !== null && endedAt < endedBefore)
      for (const { id } of old) deliveries.delete(id)
      return old.length
    },
    depth: async () => ({
      pending: rows().filter(({ status }) => status === 'pending').length,
      dead: rows().filter(({ status }) => status === 'dead').length,
    }),
  }
}

const pageOf = (rows: readonly DeliveryRow[], { limit, after }: PageRequest): readonly DeliveryRecord[] =>
  rows
    .filter(({ id }) => after === null || id < after)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit + 1)
    .map(recordOf)

const recordOf = ({
  event: _event,
  position: _position,
  receipt: _receipt,
  ...record
}: DeliveryRow): DeliveryRecord => record
