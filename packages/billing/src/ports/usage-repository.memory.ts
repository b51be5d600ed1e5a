import { addMilliseconds } from '@corbel/core'
import { sumOf } from '../usage/decimal.ts'
import type { BillingTables, UsageRow } from './billing-tables.memory.ts'
import type { UsageDraft, UsageKey, UsageRecord, UsageRepository } from './usage-repository.ts'

export function memoryUsageRepository({
  billingUsage: usage,
  billingCustomers: customers,
}: Pick<BillingTables, 'billingUsage' | 'billingCustomers'>): UsageRepository {
  const rowKey = ({ tenantId, idempotencyKey }: Pick<UsageRecord, 'tenantId' | 'idempotencyKey'>): string =>
    `${tenantId} ${idempotencyKey}`

  const kept = (tenantId: UsageRecord['tenantId'], draft: UsageDraft): UsageRow => {
    const key = rowKey({ ...draft, tenantId })
    const known = usage.get(key)
    if (known) return known
    const row: UsageRow = {
      ...draft,
      tenantId,
      state: draft.dueAt === null ? 'local' : 'pending',
      note: null,
    }
    usage.set(key, row)
    return row
  }

  function change(keys: readonly UsageKey[], to: (at: number) => Partial<UsageRow>): void {
    for (const row of usage.values()) {
      const at = keys.findIndex(({ tenantId, id }) => row.tenantId === tenantId && row.id === id)
      if (at !== -1 && row.state === 'pending') usage.set(rowKey(row), { ...row, ...to(at) })
    }
  }

  return {
    insert: async (tenantId, drafts) => drafts.map((draft) => shown(kept(tenantId, draft))),

    async totals(tenantId, { from, until }) {
      const rows = [...usage.values()].filter(
        (row) => row.tenantId === tenantId && row.occurredAt >= from && row.occurredAt < until,
      )
      const byFeature = Map.groupBy(rows, ({ featureKey }) => featureKey)
      return [...byFeature]
        .map(([featureKey, records]) => ({
          featureKey,
          quantity: sumOf(records.map(({ quantity }) => quantity)),
          records: records.length,
        }))
        .toSorted((a, b) => (a.featureKey < b.featureKey ? -1 : 1))
    },

    async claim({ limit, leaseMs, now }) {
      const due = [...usage.values()]
        .filter(({ state, dueAt }) => state === 'pending' && dueAt !== null && dueAt <= now)
        .toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt))
        .slice(0, limit)
      for (const row of due) usage.set(rowKey(row), { ...row, dueAt: addMilliseconds(now, leaseMs) })
      return due.map((row) => ({
        ...shown(row),
        customerId:
          [...customers.values()].find(
            ({ tenantId, retiredAt }) => tenantId === row.tenantId && retiredAt === null,
          )?.customerId ?? null,
      }))
    },

    async settle(settlements) {
      change(settlements, (at) => ({
        state: settlements[at]?.state ?? 'pending',
        note: settlements[at]?.note ?? null,
        dueAt: null,
      }))
    },

    defer: async (records, dueAt) => change(records, () => ({ dueAt })),

    async depth() {
      const states = [...usage.values()].map(({ state }) => state)
      return {
        pending: states.filter((state) => state === 'pending').length,
        refused: states.filter((state) => state === 'refused').length,
      }
    },
  }
}

const shown = ({ dueAt: _, ...record }: UsageRow): UsageRecord => structuredClone(record)
