import type { BillingTables } from './billing-tables.memory.ts'
import type { QuotaCounter, QuotaReservation, QuotaStore } from './quota-store.ts'

/** Reference implementation. */
export function memoryQuotaStore({
  billingQuotas: reservations,
  billingSpent: spentBy,
}: Pick<BillingTables, 'billingQuotas' | 'billingSpent'>): QuotaStore {
  const counterKey = ({ tenantId, featureKey, periodStart }: QuotaCounter): string =>
    `${tenantId} ${featureKey} ${periodStart.getTime()}`
  const rowKey = ({ tenantId, id }: Pick<QuotaReservation, 'tenantId' | 'id'>): string => `${tenantId} ${id}`

  function usedAt(counter: QuotaCounter, now: Date): number {
    const key = counterKey(counter)
    const held = [...reservations.values()]
      .filter((row) => row.state === 'held' && counterKey(row) === key && row.expiresAt > now)
      .reduce((sum, { amount }) => sum + amount, 0)
    return held + (spentBy.get(key) ?? 0)
  }

  return {
    adapter: { name: 'memory' },
    async reserve({ limit, now, ...reservation }) {
      const used = usedAt(reservation, now)
      if (reservations.has(rowKey(reservation))) return { granted: true, used }
      if (limit !== null && used + reservation.amount > limit) return { granted: false, used }
      reservations.set(rowKey(reservation), { ...reservation, state: 'held' })
      return { granted: true, used: used + reservation.amount }
    },
    async settle(reservation, spent) {
      const row = reservations.get(rowKey(reservation))
      if (row?.state !== 'held') return false
      reservations.set(rowKey(row), { ...row, state: 'ended' })
      spentBy.set(counterKey(row), (spentBy.get(counterKey(row)) ?? 0) + spent)
      return true
    },
    used: async (counter, now) => usedAt(counter, now),
    async purge(expiredBefore) {
      const old = [...reservations.values()].filter(({ expiresAt }) => expiresAt < expiredBefore)
      for (const row of old) reservations.delete(rowKey(row))
    },
    check: async () => {},
  }
}
