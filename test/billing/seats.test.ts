import { type Id, newId } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openLocalBilling } from './local-billing.fixture.ts'

const pro = { planCode: 'pro', interval: 'month' } as const

describe.each(await backends())('seats on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open() {
    const all = await openLocalBilling(opened)
    const { stack, tenantId, ownerId, subscriptions } = all
    const { memberships } = stack.tenant
    const join = async (): Promise<Id<'usr'>> => {
      const userId = newId('usr')
      await memberships.join({ tenantId, userId, role: 'member' })
      return userId
    }
    const leave = (userId: Id<'usr'>) => memberships.remove({ tenantId, userId: ownerId }, userId)
    const seats = async () => (await subscriptions.get(tenantId)).seats
    const changes = () => all.count('customer.subscription.updated')
    return { ...all, join, leave, seats, changes }
  }

  test('pitfall 26: 50 who come and go at once end as one quantity, in at most a few calls', async () => {
    const { subscriptions, own, join, leave, seats, changes, settled, stack } = await open()
    const early = await Promise.all(Array.from({ length: 10 }, join))
    await subscriptions.start(own, pro)
    expect(await seats()).toBe(11)
    await settled()
    const before = await changes()
    await Promise.all([...Array.from({ length: 40 }, join), ...early.map(leave)])
    // Several processes hear of it, and work on it.
    await Promise.all([stack.deliverEvents(), stack.deliverEvents(), stack.runJobs(), stack.runJobs()])
    await settled()
    expect(await seats()).toBe(41)
    expect((await changes()) - before).toBeLessThanOrEqual(4)
  })

  test('a member who came while the seats were counted is counted next', async () => {
    const { subscriptions, own, join, seats, settled, stack, tenantId } = await open()
    await subscriptions.start(own, pro)
    await join()
    // One who comes between the plan and its record has it put off: the job does it again.
    const counted = stack.billing.seats.run(tenantId).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'billing/change-in-progress' })
    })
    await Promise.all([counted, join()])
    await settled()
    expect(await seats()).toBe(3)
  })

  test('what a tenant has asked for stays, until it has more members', async () => {
    const { subscriptions, own, join, leave, seats, settled } = await open()
    await subscriptions.start(own, { ...pro, seats: 3 })
    const [grace] = [await join(), await join()]
    await settled()
    expect(await seats()).toBe(3)
    const ada = await join()
    await settled()
    expect(await seats()).toBe(4)
    await leave(ada)
    await leave(grace)
    await settled()
    expect(await seats()).toBe(3)
    await subscriptions.changeSeats(own, 2)
    expect(await seats()).toBe(2)
  })

  test('fewer seats than members, and more than the plan allows, are refused and change nothing', async () => {
    const { subscriptions, own, join, seats, settled, changes } = await open()
    await subscriptions.start(own, { ...pro, planCode: 'starter' })
    await join()
    await settled()
    const before = await changes()
    for (const wanted of [1, 11])
      await expect(subscriptions.changeSeats(own, wanted)).rejects.toMatchObject({
        code: 'billing/seats-out-of-range',
      })
    expect([await seats(), await changes()]).toEqual([2, before])
  })

  test('members beyond what the plan allows are not paid for beyond it', async () => {
    const { subscriptions, own, join, seats, settled } = await open()
    await subscriptions.start(own, { ...pro, planCode: 'starter' })
    await Promise.all(Array.from({ length: 12 }, join))
    await settled()
    expect(await seats()).toBe(10)
  })

  test('a change that is to come is not lost to a new member, who is counted when it has come', async () => {
    const { subscriptions, own, join, card, pass, seats, settled, tenantId } = await open()
    await card()
    await subscriptions.start(own, { ...pro, trialDays: 0 })
    await subscriptions.changePlan(own, { planCode: 'starter', when: 'period-end', settle: 'now' })
    await join()
    await settled()
    expect(await subscriptions.get(tenantId)).toMatchObject({ seats: 1, hasScheduledChange: true })
    await pass('32d')
    await settled()
    expect(await subscriptions.get(tenantId)).toMatchObject({ planCode: 'starter', seats: 2 })
    expect(await seats()).toBe(2)
  })

  test('members beyond what a smaller plan has seats for are told to the tenant and to operators', async () => {
    const { subscriptions, own, join, card, pass, settled, tenantId } = await open()
    await card()
    await subscriptions.start(own, { ...pro, trialDays: 0 })
    expect(await subscriptions.seatLimit(tenantId)).toBe(null)
    await subscriptions.changePlan(own, { planCode: 'starter', when: 'period-end', settle: 'now' })
    for (let member = 2; member <= 12; member++) await join()
    await settled()
    expect(await subscriptions.get(tenantId)).toMatchObject({ membersBeyondPlan: 0 })
    await pass('32d')
    await settled()
    expect(await subscriptions.get(tenantId)).toMatchObject({
      planCode: 'starter',
      seats: 10,
      membersBeyondPlan: 2,
    })
    expect(await subscriptions.seatLimit(tenantId)).toEqual({ members: 12, max: 10 })
  })

  test('what was paid before a price changed names its plan still, and its seats can be changed', async () => {
    const { subscriptions, own, local, join, settled, tenantId } = await open()
    await subscriptions.start(own, pro)
    const { catalog } = local.gateway
    const { prices } = await catalog.list()
    const old = prices.find(({ lookupKey }) => lookupKey === 'corbel:pro:seat:month:usd')
    if (!old) throw new Error('There is no price.')
    const { productId, currency } = old
    await catalog.createPrice(
      {
        productId,
        currency,
        lookupKey: 'corbel:pro:seat:month:usd',
        unitAmount: '12900',
        interval: 'month',
        intervalCount: 1,
      },
      'dearer',
    )
    await join()
    await settled()
    expect(await subscriptions.get(tenantId)).toMatchObject({ planCode: 'pro', interval: 'month', seats: 2 })
    const [known] = (await local.gateway.listSubscriptions()).items
    expect(known?.value.items).toMatchObject([{ priceId: old.id, quantity: 2 }])
  })
})
