import { type Id, newId } from '@corbel/core'
import { race, racers, type Suite, winners } from '@corbel/core/ports'
import { type BillingStorage, now, storedTenant } from './samples.conformance.ts'
import type { UsageDraft } from './usage-repository.ts'

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

const draft = (change: Partial<UsageDraft> = {}): UsageDraft => ({
  id: newId('use'),
  idempotencyKey: newId('key'),
  featureKey: 'api-calls',
  quantity: '1',
  reference: null,
  occurredAt: now,
  recordedAt: now,
  dueAt: now,
  ...change,
})

const always = { from: later(-3600), until: later(3600) }
const leaseMs = 60_000

/** The law of `UsageRepository`. `fresh` gives an empty storage for each test. */
export function usageRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<BillingStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { usage, customers } = storage.repositories.billing
    return { usage, customers, a: await storedTenant(storage), b: await storedTenant(storage) }
  }

  test('usage is kept as it was given, and stands in the order of the drafts', async () => {
    const { usage, a } = await open()
    const drafts = [
      draft({ idempotencyKey: 'z', quantity: '0.000000000001', reference: 'ticket 7 – Žofie' }),
      draft({ idempotencyKey: 'a', quantity: '-3.5', dueAt: null }),
    ]
    const [first, second] = await usage.insert(a, drafts)
    const { dueAt: _, ...given } = drafts[0] as UsageDraft
    expect(first).toEqual({ ...given, tenantId: a, state: 'pending', note: null })
    expect(second).toMatchObject({ quantity: '-3.5', state: 'local' })
    expect(await usage.insert(a, [])).toEqual([])
  })

  test('a key counts once for ever, and gives what was kept first', async () => {
    const { usage, a } = await open()
    const first = draft({ quantity: '5', idempotencyKey: 'key' })
    const again = draft({ quantity: '7', idempotencyKey: 'key' })
    const [, twin] = await usage.insert(a, [first, again])
    expect(twin).toMatchObject({ id: first.id, quantity: '5' })
    const [known, other] = await usage.insert(a, [again, draft({ idempotencyKey: 'other' })])
    expect(known).toMatchObject({ id: first.id, quantity: '5' })
    expect(other).toMatchObject({ idempotencyKey: 'other' })
    expect(await usage.totals(a, always)).toEqual([{ featureKey: 'api-calls', quantity: '6', records: 2 }])
  })

  test('of concurrent callers with one key, in any order of keys, one keeps its draft', async () => {
    const { usage, a } = await open()
    const results = winners(
      await race((racer) => {
        const drafts = ['x', 'y'].map((idempotencyKey) => draft({ idempotencyKey }))
        return usage.insert(a, racer % 2 === 0 ? drafts : drafts.toReversed())
      }),
    )
    expect(results).toHaveLength(racers)
    expect(new Set(results.flat().map(({ id }) => id)).size).toBe(2)
    expect(await usage.totals(a, always)).toEqual([{ featureKey: 'api-calls', quantity: '2', records: 2 }])
  })

  test('the same key of another tenant is another key', async () => {
    const { usage, a, b } = await open()
    await usage.insert(a, [draft({ idempotencyKey: 'key', quantity: '2' })])
    const [own] = await usage.insert(b, [draft({ idempotencyKey: 'key', quantity: '3' })])
    expect(own).toMatchObject({ tenantId: b, quantity: '3' })
    expect(await usage.totals(b, always)).toEqual([{ featureKey: 'api-calls', quantity: '3', records: 1 }])
  })

  test('totals are exact, by feature, from the first moment to the one that is too late', async () => {
    const { usage, a } = await open()
    const tenths = Array.from({ length: 10 }, () => draft({ quantity: '0.1' }))
    await usage.insert(a, [
      ...tenths,
      draft({ quantity: '999999999999999' }),
      draft({ quantity: '-0.5' }),
      draft({ featureKey: 'agent-tokens', quantity: '4', occurredAt: later(-60) }),
      draft({ featureKey: 'agent-tokens', quantity: '8', occurredAt: later(60) }),
    ])
    expect(await usage.totals(a, { from: later(-60), until: later(60) })).toEqual([
      { featureKey: 'agent-tokens', quantity: '4', records: 1 },
      { featureKey: 'api-calls', quantity: '999999999999999.5', records: 12 },
    ])
    expect(await usage.totals(a, { from: later(61), until: later(90) })).toEqual([])
  })

  test('what is due is claimed once, longest due first, with its customer', async () => {
    const { usage, customers, a, b } = await open()
    await customers.insert({ tenantId: a, customerId: 'cus_1', createdAt: now })
    await usage.insert(a, [draft({ idempotencyKey: 'second' }), draft({ dueAt: null })])
    await usage.insert(b, [draft({ idempotencyKey: 'first', dueAt: later(-1) }), draft({ dueAt: later(1) })])
    const claim = (limit: number, at: Date) => usage.claim({ limit, leaseMs, now: at })
    expect(await claim(1, now)).toMatchObject([{ idempotencyKey: 'first', customerId: null }])
    expect(await claim(5, now)).toMatchObject([{ idempotencyKey: 'second', customerId: 'cus_1' }])
    expect(await claim(5, now)).toEqual([])
    expect(await claim(5, later(59))).toHaveLength(1)
    expect(await claim(5, later(61))).toHaveLength(2)
  })

  test('of concurrent callers each record goes to one', async () => {
    const { usage, a } = await open()
    await usage.insert(
      a,
      Array.from({ length: 100 }, () => draft()),
    )
    const claimed = winners(await race(() => usage.claim({ limit: 3, leaseMs, now }))).flat()
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length)
    expect(claimed).toHaveLength(100)
  })

  test('what has ended is not due again, whatever is said of it later', async () => {
    const { usage, a, b } = await open()
    const [record, other] = await usage.insert(a, [draft({ idempotencyKey: 'a' }), draft()])
    const id = record?.id as Id<'use'>
    await usage.settle([{ tenantId: b, id, state: 'refused', note: 'of another tenant' }])
    await usage.settle([{ tenantId: a, id, state: 'refused', note: 'no such meter' }])
    await usage.settle([{ tenantId: a, id, state: 'sent', note: null }])
    await usage.defer([{ tenantId: a, id }], now)
    await usage.defer([{ tenantId: a, id: other?.id as Id<'use'> }], later(600))
    await usage.settle([])
    await usage.defer([], now)
    expect(await usage.claim({ limit: 9, leaseMs, now: later(599) })).toEqual([])
    expect(await usage.claim({ limit: 9, leaseMs, now: later(600) })).toHaveLength(1)
    const [known] = await usage.insert(a, [draft({ idempotencyKey: 'a' })])
    expect(known).toMatchObject({ state: 'refused', note: 'no such meter' })
    expect(await usage.depth()).toEqual({ pending: 1, refused: 1 })
  })
}
