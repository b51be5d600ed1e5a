import { applyCatalog, defaultPlans, definePlans, type Plan, planCatalog } from '@corbel/billing'
import { afterEach, describe, expect, test } from 'vitest'
import { assertContract, customerWith, type Local, openLocal, statusOf } from './local-stripe.fixture.ts'

let local: Local

afterEach(() => assertContract(local))

const [starter] = defaultPlans.plans
const withAmount = (unitAmount: string) =>
  definePlans([
    { ...(starter as Plan), prices: [{ interval: 'month', currency: 'usd', unitAmount, per: 'seat' }] },
  ])
const key = 'corbel:starter:seat:month:usd'

describe('provisioning a catalogue', () => {
  test('makes what is declared, and nothing when it runs again', async () => {
    local = await openLocal()
    const { catalog } = local.gateway
    expect(await planCatalog(defaultPlans, catalog)).toHaveLength(6)
    const { prices } = await applyCatalog(defaultPlans, catalog)
    expect(Object.keys(prices)).toHaveLength(4)
    expect(await planCatalog(defaultPlans, catalog)).toEqual([])
    expect(await applyCatalog(defaultPlans, catalog)).toEqual({ steps: [], prices })
  })

  test('by eight at once makes no second product and no second price', async () => {
    local = await openLocal()
    const { catalog } = local.gateway
    await Promise.all(Array.from({ length: 8 }, () => applyCatalog(defaultPlans, catalog)))
    const { products, prices } = await catalog.list()
    expect(products).toHaveLength(2)
    expect(prices.filter(({ active }) => active)).toHaveLength(4)
    expect(prices).toHaveLength(4)
  })

  test('replaces a price whose amount changes, and leaves its subscribers alone', async () => {
    local = await openLocal()
    const { catalog } = local.gateway
    const first = await applyCatalog(withAmount('2000'), catalog)
    const before = first.prices[key] ?? ''
    const subscription = await local.gateway.startSubscription(
      { customerId: await customerWith(local), tenantId: 'ten_1', items: [{ priceId: before, quantity: 1 }] },
      'start/1',
    )
    const second = await applyCatalog(withAmount('2500'), catalog)
    const after = second.prices[key] ?? ''
    expect(after).not.toBe(before)
    const { prices } = await catalog.list()
    expect(prices.find(({ id }) => id === before)).toMatchObject({
      active: false,
      lookupKey: null,
      unitAmount: '2000',
    })
    expect(prices.find(({ id }) => id === after)).toMatchObject({
      active: true,
      lookupKey: key,
      unitAmount: '2500',
    })
    await local.advance('32d')
    expect(await statusOf(local, subscription)).toBe('active')
    const { items } = await local.gateway.listInvoices(subscription.customerId)
    expect(items.map(({ total }) => total)).toEqual([2000, 2000])
  })

  test('can go back to an amount of before', async () => {
    local = await openLocal()
    const { catalog } = local.gateway
    for (const amount of ['2000', '2500', '2000']) await applyCatalog(withAmount(amount), catalog)
    const { prices } = await catalog.list()
    expect(prices.filter(({ active }) => active)).toMatchObject([{ unitAmount: '2000', lookupKey: key }])
    expect(prices).toHaveLength(3)
  })

  test('notices what somebody has changed at the gateway', async () => {
    local = await openLocal()
    const { catalog } = local.gateway
    const { prices } = await applyCatalog(withAmount('2000'), catalog)
    await local.client.prices.update(prices[key] ?? '', { active: false }, { idempotencyKey: 'by hand' })
    expect(await planCatalog(withAmount('2000'), catalog)).toMatchObject([
      { do: 'create-price', lookupKey: key },
    ])
  })
})

test('a catalogue that contradicts itself is refused', () => {
  const plan = starter as Plan
  expect(() => definePlans([plan, plan])).toThrow('two plans starter')
  expect(() => definePlans([{ ...plan, prices: [...plan.prices, ...plan.prices] }])).toThrow('two prices')
  expect(() => definePlans([{ ...plan, seats: { included: 5, max: 2 } }])).toThrow('raise seats.max')
  expect(() => definePlans([{ ...plan, code: 'Not A Code' }])).toThrow('lower-case')
})
