import { type Id, newId } from '@corbel/core'
import type { Suite } from '@corbel/core/ports'
import type { QuotaCounter, QuotaReservation, QuotaStore } from './quota-store.ts'

const now = new Date('2026-03-01T12:00:00.000Z')
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)
const callers = 1000

/** The law of {@link QuotaStore}. `fresh` gives a store that counts nothing, and two tenants, for each test. */
export function quotaStoreConformance(
  { test, expect }: Suite,
  fresh: () => Promise<{ readonly quotas: QuotaStore; readonly tenants: readonly [Id<'ten'>, Id<'ten'>] }>,
): void {
  async function open() {
    const { quotas, tenants } = await fresh()
    const counter: QuotaCounter = { tenantId: tenants[0], featureKey: 'agent-tokens', periodStart: now }
    const asking = (change: Partial<QuotaReservation> = {}): QuotaReservation => ({
      ...counter,
      id: newId('rsv'),
      amount: 1,
      limit: 10,
      now,
      expiresAt: later(600),
      ...change,
    })
    return { quotas, other: tenants[1], counter, asking }
  }

  test('what fits is granted, what does not is refused and takes nothing', async () => {
    const { quotas, asking, counter } = await open()
    expect(await quotas.reserve(asking({ amount: 6 }))).toEqual({ granted: true, used: 6 })
    expect(await quotas.reserve(asking({ amount: 5 }))).toEqual({ granted: false, used: 6 })
    expect(await quotas.reserve(asking({ amount: 4 }))).toEqual({ granted: true, used: 10 })
    expect(await quotas.reserve(asking({ amount: 0 }))).toEqual({ granted: true, used: 10 })
    expect(await quotas.reserve(asking({ amount: 11, featureKey: 'new' }))).toEqual({
      granted: false,
      used: 0,
    })
    expect(await quotas.used(counter, now)).toBe(10)
  })

  test('without a limit everything is granted and counted', async () => {
    const { quotas, asking, counter } = await open()
    expect(await quotas.reserve(asking({ amount: 2 ** 40, limit: null }))).toMatchObject({ granted: true })
    expect(await quotas.used(counter, now)).toBe(2 ** 40)
  })

  test('a settled reservation counts what was spent, also beyond the limit, and once', async () => {
    const { quotas, asking, counter } = await open()
    const small = asking({ amount: 5 })
    const large = asking({ amount: 5 })
    await quotas.reserve(small)
    await quotas.reserve(large)
    expect(await quotas.settle(small, 2)).toBe(true)
    expect(await quotas.settle(small, 9)).toBe(false)
    expect(await quotas.used(counter, now)).toBe(7)
    expect(await quotas.settle(large, 30)).toBe(true)
    expect(await quotas.used(counter, now)).toBe(32)
    expect(await quotas.reserve(asking())).toEqual({ granted: false, used: 32 })
    expect(await quotas.settle(asking(), 1)).toBe(false)
  })

  test('what was not spent is given back', async () => {
    const { quotas, asking } = await open()
    const reservation = asking({ amount: 10 })
    await quotas.reserve(reservation)
    await quotas.settle(reservation, 0)
    expect(await quotas.reserve(asking({ amount: 10 }))).toEqual({ granted: true, used: 10 })
  })

  test('the same id takes nothing more, before and after it was settled', async () => {
    const { quotas, asking, counter } = await open()
    const reservation = asking({ amount: 6 })
    const answers = await Promise.all(Array.from({ length: 64 }, () => quotas.reserve(reservation)))
    expect(answers.every(({ granted }) => granted)).toBe(true)
    expect(await quotas.used(counter, now)).toBe(6)
    await quotas.settle(reservation, 1)
    expect(await quotas.reserve(reservation)).toMatchObject({ granted: true })
    expect(await quotas.used(counter, now)).toBe(1)
  })

  test('a reservation that nobody settled is given up when its room is needed', async () => {
    const { quotas, asking, counter } = await open()
    const abandoned = asking({ amount: 10 })
    await quotas.reserve(abandoned)
    expect(await quotas.reserve(asking({ now: later(599) }))).toMatchObject({ granted: false })
    expect(await quotas.used(counter, later(600))).toBe(0)
    const next = asking({ amount: 4, now: later(600), expiresAt: later(1200) })
    expect(await quotas.reserve(next)).toEqual({ granted: true, used: 4 })
    // Its caller lived after all: what was spent counts, and no room is given back twice.
    expect(await quotas.settle(abandoned, 3)).toBe(true)
    expect(await quotas.settle(abandoned, 3)).toBe(false)
    expect(await quotas.used(counter, later(600))).toBe(7)
  })

  test('tenants, features and periods count by themselves', async () => {
    const { quotas, asking, counter, other } = await open()
    await quotas.reserve(asking({ amount: 10 }))
    for (const change of [{ tenantId: other }, { featureKey: 'seats' }, { periodStart: later(86_400) }])
      expect(await quotas.reserve(asking({ amount: 9, ...change }))).toEqual({ granted: true, used: 9 })
    expect(await quotas.used(counter, now)).toBe(10)
    expect(await quotas.used({ ...counter, featureKey: 'never' }, now)).toBe(0)
  })

  test('of 1,000 concurrent callers exactly as many are granted as fit', async () => {
    const { quotas, asking, counter } = await open()
    const decisions = await Promise.all(
      Array.from({ length: callers }, () => quotas.reserve(asking({ amount: 3, limit: 301 }))),
    )
    expect(decisions.filter(({ granted }) => granted)).toHaveLength(100)
    expect(await quotas.used(counter, now)).toBe(300)
  })

  test('concurrent callers who reserve, settle and abandon never exceed the limit, and nothing is lost', async () => {
    const { quotas, asking, counter } = await open()
    const abandoned = Array.from({ length: 50 }, () => asking({ limit: 50, expiresAt: later(1) }))
    await Promise.all(abandoned.map((reservation) => quotas.reserve(reservation)))
    const granted = await Promise.all(
      Array.from({ length: 200 }, async (_, at) => {
        const reservation = asking({ limit: 50, now: later(2) })
        const decision = await quotas.reserve(reservation)
        if (decision.granted) expect(decision.used).toBeLessThanOrEqual(50)
        // One in two gives back what it took.
        if (decision.granted) await quotas.settle(reservation, at % 2)
        return decision.granted ? at % 2 : 0
      }),
    )
    expect(await quotas.used(counter, later(2))).toBe(granted.reduce<number>((sum, spent) => sum + spent, 0))
  })

  test('what was spent stays when old reservations are forgotten, and what they held is free', async () => {
    const { quotas, asking, counter } = await open()
    const settled = asking({ amount: 4 })
    await quotas.reserve(settled)
    await quotas.settle(settled, 4)
    await quotas.reserve(asking({ amount: 6 }))
    await quotas.purge(later(700))
    expect(await quotas.used(counter, later(700))).toBe(4)
    const wanted = asking({ amount: 6, now: later(700), expiresAt: later(1300) })
    expect(await quotas.reserve(wanted)).toEqual({ granted: true, used: 10 })
  })
}
