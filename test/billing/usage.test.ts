import { defaultPlans, definePlans } from '@corbel/billing'
import { GatewayErrors, type GatewayUsage, type UsageOutcome } from '@corbel/billing/ports'
import { newId } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'

const plans = definePlans([
  ...defaultPlans.plans,
  {
    code: 'metered',
    name: 'Metered',
    summary: '',
    prices: [{ interval: 'month', currency: 'usd', unitAmount: '0.4', per: { meter: 'api-calls' } }],
    trialDays: 0,
    seats: { included: 1, max: null },
    entitlements: {},
  },
])

describe.each(await backends())('usage on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open() {
    await opened.clear()
    const all = await openBilling(opened, {}, undefined, { plans })
    const { usage, usageExport } = all.stack.billing
    const tenantId = await all.newTenant(null)
    const report = (change: object = {}) => ({
      featureKey: 'api-calls',
      quantity: '1',
      idempotencyKey: newId('key'),
      ...change,
    })
    const known = new Map<string, GatewayUsage>()
    let answer: (records: readonly GatewayUsage[]) => readonly UsageOutcome[] = (records) =>
      records.map((record) => {
        const is = known.has(record.id) ? ('duplicate' as const) : ('accepted' as const)
        known.set(record.id, record)
        return { id: record.id, is }
      })
    Object.assign(all.fake.gateway, { reportUsage: async (records: GatewayUsage[]) => answer(records) })
    const answers = (other: typeof answer) => {
      const before = answer
      answer = other
      return before
    }
    return { ...all, usage, usageExport, tenantId, report, known, answers }
  }

  test('a tenant sees what was reported of it beside what else is counted', async () => {
    const { usage, tenantId, report, clock, stack, newTenant } = await open()
    await usage.recordAll(tenantId, [report({ quantity: '2.5' }), report({ quantity: '0.75' })])
    await usage.record(await newTenant(null), report({ quantity: '100' }))
    const reported = { key: 'billing.api-calls', quantity: '3.25', counted: 'period' }
    const figures = async (period: 'day' | 'month') =>
      (await stack.tenant.usage.get(tenantId, { period })).figures
    expect(await figures('day')).toContainEqual(reported)
    clock.advance('24h')
    expect(await figures('month')).toContainEqual(reported)
    expect((await figures('day')).map(({ key }) => key)).toEqual([
      'tenant.members',
      'tenant.invitations',
      'tenant.webhooks',
    ])
  })

  test('a report counts once, and says when it was known', async () => {
    const { usage, tenantId, report, clock } = await open()
    const one = report({ quantity: '2.5' })
    const first = await usage.record(tenantId, one)
    clock.advance('1h')
    expect(await usage.record(tenantId, one)).toEqual({ id: first.id, duplicate: true })
    expect(first.duplicate).toBe(false)
    expect((await usage.totals(tenantId, {})).totals).toEqual([
      { featureKey: 'api-calls', quantity: '2.5', records: 1 },
    ])
  })

  test('whatever is wrong with one record of a batch, nothing of it is kept', async () => {
    const { usage, tenantId, report, clock } = await open()
    const kept = report()
    await usage.record(tenantId, kept)
    const at = (offset: number) => new Date(clock.now().getTime() + offset).toISOString()
    const day = 86_400_000
    for (const [bad, code] of [
      [report({ featureKey: 'no-such' }), 'billing/feature-unknown'],
      [report({ occurredAt: at(-35 * day - 1) }), 'billing/usage-out-of-time'],
      [report({ occurredAt: at(300_001) }), 'billing/usage-out-of-time'],
      [{ ...kept, quantity: '2' }, 'billing/usage-key-reused'],
      [{ ...kept, occurredAt: at(-1) }, 'billing/usage-key-reused'],
      [{ ...kept, reference: 'x' }, 'billing/usage-key-reused'],
    ] as const)
      await expect(usage.recordAll(tenantId, [report(), bad])).rejects.toMatchObject({ code })
    const everything = { from: at(-40 * day), until: at(day) }
    expect((await usage.totals(tenantId, everything)).totals).toMatchObject([{ records: 1 }])
    await usage.recordAll(tenantId, [
      report({ occurredAt: at(-35 * day) }),
      report({ occurredAt: at(300_000) }),
    ])
    expect((await usage.totals(tenantId, everything)).totals).toMatchObject([{ records: 3 }])
  })

  test('a thousand concurrent reports under a hundred keys are a hundred', async () => {
    const { usage, tenantId, report } = await open()
    const receipts = await Promise.all(
      Array.from({ length: 1000 }, (_, at) =>
        usage.record(tenantId, report({ idempotencyKey: `key ${at % 100}`, quantity: '3' })),
      ),
    )
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(100)
    expect((await usage.totals(tenantId, {})).totals).toEqual([
      { featureKey: 'api-calls', quantity: '300', records: 100 },
    ])
  })

  test('meters are told once there is a customer, and what they know already is delivered', async () => {
    const { usage, usageExport, tenantId, report, known, clock } = await open()
    const { id } = await usage.record(tenantId, report({ quantity: '7' }))
    await usage.record(tenantId, report({ featureKey: 'agent-messages' }))
    expect(await usageExport.reportDue()).toBe(0)
    const { customers } = opened.storage.repositories.billing
    await customers.insert({ tenantId, customerId: 'cus_1', createdAt: clock.now() })
    clock.advance('1h')
    // A process before this one has sent it, and died.
    known.set(id, {} as GatewayUsage)
    expect(await usageExport.reportDue()).toBe(1)
    clock.advance('1h')
    expect(await usageExport.reportDue()).toBe(0)
    await usage.record(tenantId, report({ quantity: '0.25' }))
    expect(await usageExport.reportDue()).toBe(1)
    expect([...known.values()].at(-1)).toMatchObject({
      meter: 'api-calls',
      customerId: 'cus_1',
      quantity: '0.25',
    })
  })

  test('what a meter refuses ends with its reason, and a gateway that fails is asked again', async () => {
    const { usage, usageExport, report, answers, clock, newTenant, known } = await open()
    const tenantId = await newTenant('cus_2')
    const bad = report()
    await usage.record(tenantId, bad)
    const works = answers(() => {
      throw GatewayErrors.unavailable()
    })
    expect(await usageExport.reportDue()).toBe(0)
    clock.advance('1m')
    answers((records) => records.map(({ id }) => ({ id, is: 'refused', reason: 'no_meter_found' })))
    expect(await usageExport.reportDue()).toBe(0)
    answers(works)
    await usage.record(tenantId, report({ quantity: '-1', reference: 'ticket 9' }))
    clock.advance('1h')
    expect(await usageExport.reportDue()).toBe(0)
    expect(known.size).toBe(0)
    const { usage: repository } = opened.storage.repositories.billing
    expect(await repository.depth()).toEqual({ pending: 0, refused: 1 })
    expect((await usage.totals(tenantId, {})).totals).toEqual([
      { featureKey: 'api-calls', quantity: '0', records: 2 },
    ])
  })
})
