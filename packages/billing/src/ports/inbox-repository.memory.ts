import { addMilliseconds, newId } from '@corbel/core'
import { type BillingTables, inboxKey, type InboxRow } from './billing-tables.memory.ts'
import type { InboxClaim, InboxEvent, InboxFilter, InboxRepository } from './inbox-repository.ts'

export function memoryInboxRepository({
  billingInbox: inbox,
}: Pick<BillingTables, 'billingInbox'>): InboxRepository {
  const rows = (): InboxRow[] => [...inbox.values()]
  // A map keeps the order in which keys were added, so the last row has the highest position.
  const nextPosition = (): string => String(BigInt(rows().at(-1)?.position ?? 0) + 1n)

  function held({ receipt, ...key }: InboxClaim): InboxRow | null {
    const row = inbox.get(inboxKey(key))
    return row?.status === 'pending' && row.receipt === receipt ? row : null
  }

  const replace = (row: InboxRow, change: Partial<InboxRow>): void =>
    void inbox.set(inboxKey(row), { ...row, ...change })

  const page = (
    found: readonly InboxRow[],
    { limit, after }: { readonly limit: number; readonly after: string | null },
  ): readonly InboxEvent[] =>
    found
      .filter(({ position }) => after === null || BigInt(position) < BigInt(after))
      .toReversed()
      .slice(0, limit + 1)
      .map(shown)

  return {
    insert: async (drafts) =>
      drafts.map((draft) => {
        if (inbox.has(inboxKey(draft))) return false
        inbox.set(inboxKey(draft), {
          ...structuredClone(draft),
          tenantId: null,
          status: 'pending',
          attempts: 0,
          lapses: 0,
          note: null,
          endedAt: null,
          replays: 0,
          dueAt: draft.receivedAt,
          position: nextPosition(),
          receipt: null,
        })
        return true
      }),

    async claim({ limit, leaseMs, now }) {
      const due = rows()
        .filter(({ dueAt }) => dueAt !== null && dueAt <= now)
        .toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt))
        .slice(0, limit)
      // A receipt that is still there was never handed back.
      const [first] = due
      const taken = first && hasLapsed(first) ? [first] : due.filter((row) => !hasLapsed(row))
      return taken.map((row) => {
        const receipt = newId('rcp')
        const claimed = {
          ...row,
          attempts: row.attempts + 1,
          lapses: row.lapses + (hasLapsed(row) ? 1 : 0),
          dueAt: addMilliseconds(now, leaseMs),
          receipt,
        }
        inbox.set(inboxKey(row), claimed)
        return structuredClone(claimed)
      })
    },

    async settle(settlements, now) {
      let settled = 0
      for (const { claim, outcome, tenantId, note } of settlements) {
        const row = held(claim)
        if (row === null) continue
        replace(row, { status: outcome, tenantId, note, dueAt: null, endedAt: now, receipt: null })
        settled++
      }
      return settled
    },

    async defer(claim, { retryAt, note, uncounted = false }) {
      const row = held(claim)
      if (row === null) return false
      replace(row, {
        note,
        dueAt: retryAt,
        receipt: null,
        lapses: 0,
        attempts: uncounted ? row.attempts - 1 : row.attempts,
      })
      return true
    },

    async find(key) {
      const row = inbox.get(inboxKey(key))
      return row ? shown(row) : null
    },

    list: async (filter, request) =>
      page(
        rows().filter((row) => selects(filter, row)),
        request,
      ),

    listOfTenant: async (tenantId, filter, request) =>
      page(
        rows().filter((row) => row.status !== 'pending' && selects({ ...filter, tenantId }, row)),
        request,
      ),

    async replay(filter, now) {
      const ended = rows().filter((row) => row.status !== 'pending' && selects(filter, row))
      for (const row of ended) {
        replace(row, {
          status: 'pending',
          attempts: 0,
          lapses: 0,
          dueAt: now,
          endedAt: null,
          replays: row.replays + 1,
        })
      }
      return ended.length
    },

    async purge(endedBefore) {
      const old = rows().filter(({ endedAt }) => endedAt !== null && endedAt < endedBefore)
      for (const row of old) inbox.delete(inboxKey(row))
      return old.length
    },

    async depth() {
      const pending = rows().filter(({ status }) => status === 'pending')
      const due = pending.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt.getTime()]))
      return {
        pending: pending.length,
        dead: rows().filter(({ status }) => status === 'dead').length,
        oldestDueAt: due.length === 0 ? null : new Date(Math.min(...due)),
      }
    },
  }
}

const hasLapsed = ({ receipt }: InboxRow): boolean => receipt !== null

const shown = ({ receipt: _, ...event }: InboxRow): InboxEvent => structuredClone(event)

const selects = (
  { ids, type, tenantId, status, objectId, from, until }: InboxFilter,
  row: InboxRow,
): boolean =>
  (ids === undefined || ids.includes(row.id)) &&
  (type === undefined || type === row.type) &&
  (tenantId === undefined || tenantId === row.tenantId) &&
  (status === undefined || status === row.status) &&
  (objectId === undefined || objectId === row.objectId) &&
  (from === undefined || row.receivedAt >= from) &&
  (until === undefined || row.receivedAt < until)
