import type { Quota } from '@corbel/agents/ports'
import { defaultPlans, definePlans, lookupKeyOf, quotaOf } from '@corbel/billing'
import { type GatewaySubscription, productIdOf } from '@corbel/billing/ports'
import type { Id } from '@corbel/core'
import { racers } from '@corbel/core/ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'
import { subscription } from './fake-gateway.fixture.ts'

const monthly = { interval: 'month', currency: 'usd', unitAmount: '100' } as const
const plans = definePlans([
  ...defaultPlans.plans,
  {
    code: 'team',
    name: 'Team',
    summary: '',
    trialDays: 0,
    seats: { included: 1, max: null },
    prices: [
      { ...monthly, per: 'seat' },
      { ...monthly, per: { meter: 'api-calls' } },
    ],
    entitlements: {
      messages: { limit: 10, per: 'period', enforcement: 'hard' },
      reports: { limit: 10, per: 'period', enforcement: 'soft' },
      projects: { limit: 2, per: 'tenant', enforcement: 'hard' },
      exports: true,
    },
  },
])

const item = {
  id: 'si_1',
  priceId: 'price_1',
  productId: 'prod_1',
  lookupKey: null,
  quantity: 1,
  periodStart: '2026-01-01T00:00:00.000Z',
  periodEnd: '2026-02-01T00:00:00.000Z',
}
const teamKey = lookupKeyOf('team', { ...monthly, per: 'seat' })

describe.each(await backends())('entitlements and quotas on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open(change: Partial<GatewaySubscription> = {}) {
    await opened.clear()
    const all = await openBilling(opened, {}, undefined, { plans })
    const tenantId = await all.newTenant()
    const { projections, quotas: store } = opened.storage.repositories.billing
    const subscribe = (
      value: GatewaySubscription = subscription({ items: [{ ...item, lookupKey: teamKey }], ...change }),
    ) =>
      projections.save([
        {
          tenantId,
          seenAt: all.clock.now(),
          fetchedAt: null,
          version: 1,
          object: { type: 'subscription', value },
        },
      ])
    await subscribe()
    const { features } = all.stack.tenant
    const { entitlements, quotas } = all.stack.billing
    const override = (values: Record<string, boolean | number>) =>
      features.change(tenantId, { features: values })
    const usedOf = (featureKey: string, periodStart = new Date('2026-01-01T00:00:00Z'), of = tenantId) =>
      store.used({ tenantId: of, featureKey, periodStart }, all.clock.now())
    return { ...all, tenantId, subscribe, entitlements, quotas, override, usedOf, projections }
  }

  test('a plan is known by the lookup key of an item, and by its product once the key has moved on', async () => {
    const { entitlements, tenantId, subscribe } = await open()
    expect(await entitlements.get(tenantId)).toMatchObject({
      planCode: 'team',
      access: 'full',
      from: '2026-01-01T00:00:00.000Z',
      until: '2026-02-01T00:00:00.000Z',
      entitlements: {
        messages: { limit: 10, per: 'period', enforcement: 'hard' },
        exports: true,
        'api-calls': true,
        'audit-export': false,
        'agent-messages': false,
      },
    })
    await subscribe(subscription({ items: [{ ...item, productId: productIdOf('pro') }] }))
    expect(await entitlements.get(tenantId)).toMatchObject({
      planCode: 'pro',
      entitlements: { 'audit-export': true, messages: false, 'api-calls': false },
    })
    await subscribe(subscription({ items: [item] }))
    const { planCode, entitlements: left } = await entitlements.get(tenantId)
    expect([planCode, new Set(Object.values(left))]).toEqual([null, new Set([false])])
  })

  test.each(['incomplete', 'unpaid', 'paused', 'canceled'] as const)(
    'a subscription that is %s includes nothing, what was granted by hand stays',
    async (status) => {
      const { entitlements, tenantId, override } = await open({ status })
      await override({ exports: true, messages: 3 })
      expect(await entitlements.get(tenantId)).toMatchObject({
        access: 'none',
        entitlements: {
          exports: true,
          reports: false,
          'api-calls': false,
          messages: { limit: 3, per: 'period', enforcement: 'hard' },
        },
      })
    },
  )

  test('overrides change the number of a limit and nothing else of it, and may name what no plan has', async () => {
    const { entitlements, tenantId, override } = await open()
    await override({ reports: 0, projects: 5, exports: false, messages: true, special: 7 })
    expect((await entitlements.get(tenantId)).entitlements).toMatchObject({
      reports: { limit: 0, per: 'period', enforcement: 'soft' },
      projects: { limit: 5, per: 'tenant', enforcement: 'hard' },
      exports: false,
      messages: true,
      special: { limit: 7, per: 'period', enforcement: 'hard' },
    })
  })

  test('of many callers as many get through as a hard limit has room for; the others learn why and until when', async () => {
    const { quotas, tenantId, usedOf, clock } = await open()
    const answers = await Promise.allSettled(
      Array.from({ length: racers }, () => quotas.reserve(tenantId, 'messages', 3)),
    )
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    )
    expect([racers - refused.length, await usedOf('messages')]).toEqual([3, 9])
    for (const error of refused)
      expect(error).toMatchObject({
        code: 'billing/quota-exceeded',
        status: 429,
        details: {
          detail:
            'messages: 9 of 10 are used or reserved, and 3 more do not fit. Counting begins anew at 2026-02-01T00:00:00.000Z.',
          retryAfter: (Date.parse('2026-02-01T00:00:00Z') - clock.now().getTime()) / 1000,
        },
      })
  })

  test('what is settled counts as what it came to, once', async () => {
    const { quotas, tenantId, usedOf } = await open()
    const one = await quotas.reserve(tenantId, 'messages', 10)
    await expect(quotas.reserve(tenantId, 'messages', 1)).rejects.toMatchObject({ status: 429 })
    await one.settle(4)
    await one.settle(0)
    expect(await usedOf('messages')).toBe(4)
    await (await quotas.reserve(tenantId, 'messages', 6)).settle(0)
    expect(await usedOf('messages')).toBe(4)
  })

  test('each period counts from zero; what is counted for the tenant does not, and gives no time to wait for', async () => {
    const { quotas, tenantId, clock, usedOf } = await open()
    for (const key of ['messages', 'messages', 'projects'])
      await (
        await quotas.reserve(tenantId, key, key === 'messages' ? 5 : 2)
      ).settle(key === 'messages' ? 5 : 2)
    const full = await quotas.reserve(tenantId, 'messages', 1).catch((error: unknown) => error)
    expect(full).toMatchObject({ code: 'billing/quota-exceeded' })
    clock.advance('31d')
    await quotas.reserve(tenantId, 'messages', 10)
    expect(await usedOf('messages', new Date('2026-02-01T00:00:00Z'))).toBe(10)
    const never = await quotas.reserve(tenantId, 'projects', 1).catch((error: unknown) => error)
    expect(never).toMatchObject({ code: 'billing/quota-exceeded' })
    expect(never).not.toHaveProperty('details.retryAfter')
  })

  test('a soft limit lets everybody through and tells once a period', async () => {
    const { quotas, tenantId, clock, recorded, subscribe, usedOf } = await open()
    const spend = (amount: number) => quotas.reserve(tenantId, 'reports', amount)
    await (await spend(10)).settle(10)
    expect(await recorded()).toEqual([])
    await Promise.all(Array.from({ length: racers }, () => spend(1)))
    expect(await usedOf('reports')).toBe(10 + racers)
    expect(await recorded()).toMatchObject([
      {
        type: 'billing.quota.exceeded',
        payload: { featureKey: 'reports', limit: 10, resetAt: '2026-02-01T00:00:00.000Z' },
      },
    ])
    clock.advance('2d')
    await spend(1)
    expect(await recorded()).toEqual([])
    clock.advance('29d')
    const period = { periodStart: '2026-02-01T00:00:00.000Z', periodEnd: '2026-03-01T00:00:00.000Z' }
    await subscribe(subscription({ items: [{ ...item, lookupKey: teamKey }], ...period }))
    await spend(11)
    expect(await recorded()).toMatchObject([{ payload: { used: 11, resetAt: period.periodEnd } }])
  })

  test('what is not included is refused, what has no limit is counted, and amounts are whole', async () => {
    const { quotas, tenantId, usedOf } = await open()
    for (const key of ['agent-messages', 'no-such'])
      await expect(quotas.reserve(tenantId, key, 1)).rejects.toMatchObject({
        code: 'billing/feature-not-included',
        status: 403,
      })
    const reservation = await quotas.reserve(tenantId, 'api-calls', 1_000_000)
    expect(await usedOf('api-calls')).toBe(1_000_000)
    for (const amount of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      await expect(quotas.reserve(tenantId, 'messages', amount)).rejects.toThrow(RangeError)
      await expect(reservation.settle(amount)).rejects.toThrow(RangeError)
    }
    expect(await usedOf('messages')).toBe(0)
  })

  test('one tenant spends nothing of another', async () => {
    const { quotas, tenantId, newTenant, override, stack, usedOf } = await open()
    const other: Id<'ten'> = await newTenant('cus_2')
    await stack.tenant.features.change(other, { features: { messages: 1 } })
    await override({ messages: 1 })
    await quotas.reserve(tenantId, 'messages', 1)
    expect(await usedOf('messages', undefined, other)).toBe(0)
    await quotas.reserve(other, 'messages', 1)
    await expect(quotas.reserve(other, 'messages', 1)).rejects.toMatchObject({ status: 429 })
  })

  test('agents ask it in their own terms', async () => {
    const { quotas, tenantId, override, usedOf } = await open()
    await override({ tokens: 100 })
    const quota: Quota = quotaOf(
      quotas,
      'tokens',
      ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    )
    const use = { model: 'm', inputTokens: 30, outputTokens: 50 }
    const reservation = await quota.reserve(tenantId, use, 'arn_1-1')
    expect(await quota.reserve(tenantId, use, 'arn_1-2')).toBe(null)
    // Another process has the same reservation; who settles it first is heard.
    const again = await quota.reserve(tenantId, use, 'arn_1-1')
    await again?.settle({ ...use, outputTokens: 5 })
    await reservation?.settle(use)
    expect(await usedOf('tokens')).toBe(35)
    const unknown: Quota = quotaOf(quotas, 'no-such', () => 1)
    expect(await unknown.reserve(tenantId, use, 'arn_1-3')).toBe(null)
    const broken: Quota = quotaOf(quotas, 'tokens', () => Number.NaN)
    await expect(broken.reserve(tenantId, use, 'arn_1-4')).rejects.toThrow(RangeError)
  })
})
