import { newId } from '@corbel/core'
import { race, racers, type Suite, winners } from '@corbel/core/ports'
import { type BillingStorage, now, storedTenant } from './samples.conformance.ts'

/** The law of `CustomerRepository`. `fresh` gives an empty storage for each test. */
export function customerRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<BillingStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { customers } = storage.repositories.billing
    return { storage, customers, a: await storedTenant(storage), b: await storedTenant(storage) }
  }

  test('a customer is found by its tenant as it was stored, and by no other', async () => {
    const { customers, a, b } = await open()
    const customer = { tenantId: a, customerId: 'cus_1', createdAt: now }
    expect(await customers.insert(customer)).toBe(true)
    expect(await customers.find(a)).toEqual(customer)
    expect(await customers.find(b)).toBe(null)
    expect(await customers.find(newId('ten'))).toBe(null)
  })

  test('two tenants never share a customer, and a tenant has one', async () => {
    const { customers, a, b } = await open()
    await customers.insert({ tenantId: a, customerId: 'cus_1', createdAt: now })
    expect(await customers.insert({ tenantId: b, customerId: 'cus_1', createdAt: now })).toBe(false)
    expect(await customers.insert({ tenantId: a, customerId: 'cus_2', createdAt: now })).toBe(false)
    expect(await customers.find(b)).toBe(null)
    expect(await customers.find(a)).toMatchObject({ customerId: 'cus_1' })
  })

  test('of concurrent callers for one tenant one stores its customer', async () => {
    const { customers, a } = await open()
    const results = winners(
      await race((racer) => customers.insert({ tenantId: a, customerId: `cus_${racer}`, createdAt: now })),
    )
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
  })

  test('the tenants of customers are found, whichever they are', async () => {
    const { customers, a, b } = await open()
    await customers.insert({ tenantId: a, customerId: 'cus_a', createdAt: now })
    await customers.insert({ tenantId: b, customerId: 'cus_b', createdAt: now })
    const found = await customers.lock(['cus_b', 'cus_x', 'cus_a', 'cus_b'])
    expect(Object.entries(Object.fromEntries(found)).toSorted(([x], [y]) => (x < y ? -1 : 1))).toEqual([
      ['cus_a', a],
      ['cus_b', b],
    ])
    expect([...(await customers.lock([]))]).toEqual([])
  })

  test('a tenant whose customer was retired has none and may have another; whose it was is still known', async () => {
    const { customers, a, b } = await open()
    const first = { tenantId: a, customerId: 'cus_1', createdAt: now }
    await customers.insert(first)
    await customers.insert({ tenantId: b, customerId: 'cus_b', createdAt: now })
    await customers.retire(['cus_1', 'cus_x'], now)
    expect(await customers.find(a)).toBe(null)
    expect((await customers.lock(['cus_1'])).get('cus_1')).toBe(a)
    expect(await customers.insert(first)).toBe(false)
    const results = winners(
      await race((racer) => customers.insert({ tenantId: a, customerId: `new_${racer}`, createdAt: now })),
    )
    expect(results.filter(Boolean)).toHaveLength(1)
    await customers.retire(['cus_1'], now)
    await customers.retire([], now)
    expect((await customers.find(a))?.customerId.startsWith('new_')).toBe(true)
    expect(await customers.find(b)).toMatchObject({ customerId: 'cus_b' })
  })

  test('transactions that lock one customer run one after the other', async () => {
    const { storage, customers, a } = await open()
    await customers.insert({ tenantId: a, customerId: 'cus_1', createdAt: now })
    let inside = 0
    const most: number[] = []
    await race(() =>
      storage.transaction(async ({ repositories: { billing } }) => {
        await billing.customers.lock(['cus_1'])
        most.push(++inside)
        await billing.customers.find(a)
        inside--
      }),
    )
    expect(most).toHaveLength(racers)
    expect(Math.max(...most)).toBe(1)
  })
}
