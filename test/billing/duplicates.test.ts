import { memoryMeter, recordingLogger } from '@corbel/core/ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'
import { subscription, tell, told } from './fake-gateway.fixture.ts'
import { openLocalBilling } from './local-billing.fixture.ts'

const starter = { planCode: 'starter', interval: 'month' } as const
const first = subscription({ id: 'sub_1' })
const second = subscription({ id: 'sub_2', createdAt: '2026-01-01T00:00:01.000Z' })
const duplicated = 'billing.subscription.duplicated'

describe.each(await backends())('a second subscription of a tenant on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open(...[platform]: [Parameters<typeof openBilling>[4]?]) {
    await opened.clear()
    const all = await openBilling(opened, {}, undefined, {}, platform)
    const tenantId = await all.newTenant()
    const apply = async (...bodies: readonly string[]) => {
      for (const body of bodies) await all.deliver(body)
      await all.dispatch()
    }
    const duplicates = async () =>
      (await all.recorded()).filter(({ type }) => type === duplicated).map(({ payload }) => payload)
    return { ...all, tenantId, apply, duplicates }
  }

  test('is told once: not again by what happens to it, nor by a replay', async () => {
    const { apply, duplicates, inbox, clock, dispatch } = await open()
    await apply(tell({ at: 1, object: told(first) }).body)
    await apply(tell({ at: 2, object: told(second) }).body)
    expect(await duplicates()).toEqual([
      { subscriptionId: 'sub_2', status: 'active', version: 1, otherIds: ['sub_1'] },
    ])
    await apply(
      tell({ at: 3, object: told({ ...second, status: 'past_due' }) }).body,
      tell({ at: 3, object: told({ ...first, status: 'past_due' }) }).body,
    )
    clock.advance('20d')
    await inbox.replay({}, clock.now())
    await dispatch()
    expect(await duplicates()).toEqual([])
  })

  test('is the later one of two that came to be in one batch', async () => {
    const { apply, duplicates } = await open()
    await apply(tell({ at: 2, object: told(second) }).body, tell({ at: 1, object: told(first) }).body)
    expect(await duplicates()).toMatchObject([{ subscriptionId: 'sub_2', otherIds: ['sub_1'] }])
  })

  test('is none when the one before has ended, or is that of another tenant', async () => {
    const { apply, duplicates, newTenant } = await open()
    await newTenant('cus_2')
    await apply(tell({ at: 1, object: told(first) }).body)
    await apply(tell({ at: 2, object: told({ ...first, status: 'canceled' }) }).body)
    await apply(
      tell({ at: 3, object: told(second) }).body,
      tell({ at: 3, object: told({ ...first, id: 'sub_3', customerId: 'cus_2' }) }).body,
    )
    expect(await duplicates()).toEqual([])
  })

  test('is logged and counted for operators, and told to the tenant live', async () => {
    const [logger, meter] = [recordingLogger(), memoryMeter()]
    const { apply, stack, tenantId } = await open({ logger, meter })
    await apply(tell({ at: 1, object: told(first) }).body, tell({ at: 2, object: told(second) }).body)
    await stack.deliverEvents()
    expect(logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        fields: { tenantId, subscriptionId: 'sub_2', otherIds: ['sub_1'] },
      }),
    )
    expect((await meter.scrape()).body).toContain('corbel_billing_subscriptions_duplicated_total 1')
    const following = stack.billing.stream.follow(tenantId, null, AbortSignal.timeout(10_000))
    for await (const { data } of following) if (data?.type === duplicated) break
  })

  test('is told when a comparison finds it', async () => {
    const {
      card,
      subscriptions,
      own,
      local,
      hears,
      told: settled,
      tenantId,
      stack,
    } = await openLocalBilling(opened)
    await card()
    await subscriptions.start(own, starter)
    await settled()
    hears(false)
    const customer = await opened.storage.repositories.billing.customers.find(tenantId)
    const { id } = await local.client.subscriptions.create({
      customer: customer?.customerId ?? '',
      items: [{ price: (await local.client.prices.list({ limit: 1 })).data[0]?.id ?? '' }],
    })
    await stack.billing.reconciliation.compareAll()
    const entries = await opened.storage.outbox.claim({ limit: 1000, leaseMs: 1000 })
    expect(entries.filter(({ type }) => type === duplicated)).toMatchObject([
      { payload: { subscriptionId: id } },
    ])
  })
})
