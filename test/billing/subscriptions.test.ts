import { newId } from '@corbel/core'
import { racers } from '@corbel/core/ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openLocalBilling } from './local-billing.fixture.ts'

const starter = { planCode: 'starter', interval: 'month' } as const
const code = (name: string) => ({ code: `billing/${name}` })

describe.each(await backends())('subscriptions on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  const open = () => openLocalBilling(opened)

  test('a trial begins without a card, once for each tenant, and ends without one', async () => {
    const { subscriptions, own, tenantId, pass, card } = await open()
    await expect(subscriptions.get(tenantId)).rejects.toMatchObject(code('no-subscription'))
    expect(await subscriptions.start(own, starter)).toMatchObject({
      planCode: 'starter',
      interval: 'month',
      seats: 1,
      status: 'trialing',
      access: 'full',
      trialEnd: '2026-01-15T06:00:00.000Z',
    })
    await expect(subscriptions.start(own, starter)).rejects.toMatchObject(code('already-subscribed'))
    await pass('15d')
    expect(await subscriptions.get(tenantId)).toMatchObject({ status: 'canceled', access: 'none' })
    await expect(subscriptions.start(own, { ...starter, trialDays: 7 })).rejects.toMatchObject(
      code('trial-used'),
    )
    await card()
    expect(await subscriptions.start(own, starter)).toMatchObject({ status: 'active', trialEnd: null })
  })

  test('many starts at once are one subscription', async () => {
    const { subscriptions, own, count } = await open()
    const answers = await Promise.allSettled(
      Array.from({ length: racers }, () => subscriptions.start(own, starter)),
    )
    const codes = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { readonly code: string }).code] : [],
    )
    const expected = ['billing/already-subscribed', 'billing/change-in-progress']
    expect(codes.filter((each) => !expected.includes(each))).toEqual([])
    expect(await count('customer.created')).toBe(1)
    // Those who came before there was a customer were sent away, perhaps all of them.
    await subscriptions.start(own, starter).catch(() => {})
    expect(await count('customer.subscription.created')).toBe(1)
  })

  test('pitfall 21: an upgrade costs what its preview showed, whenever within the hour it is made', async () => {
    const { subscriptions, own, tenantId, card, pass, clock, told, payments } = await open()
    await card()
    await subscriptions.start(own, { ...starter, trialDays: 0 })
    await pass('10d')
    const preview = await subscriptions.preview(tenantId, { planCode: 'pro' })
    expect(preview.lines.some(({ isProration }) => isProration)).toBe(true)
    clock.advance('30m')
    const { previewToken } = preview
    if (previewToken === null) throw new Error('There is no token.')
    const wanted = { planCode: 'pro', when: 'now', settle: 'now' } as const
    await expect(
      subscriptions.changePlan(own, { ...wanted, previewToken: `${previewToken}x` }),
    ).rejects.toMatchObject(code('preview-expired'))
    expect(await subscriptions.changePlan(own, { ...wanted, previewToken })).toMatchObject({
      planCode: 'pro',
      status: 'active',
    })
    await told()
    const { data } = await payments.listInvoices(tenantId, { limit: 10 })
    expect(data.map(({ total }) => total)).toContain(preview.amountDue)
    clock.advance('1h')
    await expect(subscriptions.changePlan(own, { ...wanted, previewToken })).rejects.toMatchObject(
      code('preview-expired'),
    )
  })

  test('pitfall 22: an upgrade that is not paid for leaves the old plan', async () => {
    const { subscriptions, own, card } = await open()
    await card()
    await subscriptions.start(own, { ...starter, trialDays: 0 })
    await card('pm_card_chargeCustomerFail')
    const change = subscriptions.changePlan(own, { planCode: 'pro', when: 'now', settle: 'now' })
    await expect(change).resolves.toMatchObject({
      planCode: 'starter',
      hasPendingUpdate: true,
      access: 'full',
    })
  })

  test('a change at the end of the period comes with the next one', async () => {
    const { subscriptions, own, tenantId, card, pass } = await open()
    await card()
    await subscriptions.start(own, { planCode: 'pro', interval: 'month', trialDays: 0 })
    const later = { planCode: 'starter', when: 'period-end', settle: 'now' } as const
    expect(await subscriptions.changePlan(own, later)).toMatchObject({
      planCode: 'pro',
      hasScheduledChange: true,
    })
    await pass('32d')
    expect(await subscriptions.get(tenantId)).toMatchObject({ planCode: 'starter', status: 'active' })
  })

  test('pitfalls 19 and 20: a cancellation is taken back before it is in force, and not after', async () => {
    const { subscriptions, own, tenantId, card, pass } = await open()
    await card()
    const { periodEnd } = await subscriptions.start(own, { ...starter, trialDays: 0 })
    expect(await subscriptions.cancel(own, { when: 'period-end' })).toMatchObject({
      cancelAt: periodEnd,
      access: 'full',
    })
    expect(await subscriptions.resume(own)).toMatchObject({ cancelAt: null, status: 'active' })
    await subscriptions.cancel(own, { when: 'period-end' })
    await pass('32d')
    expect(await subscriptions.get(tenantId)).toMatchObject({ status: 'canceled', access: 'none' })
    await expect(subscriptions.resume(own)).rejects.toMatchObject(code('subscription-ended'))
    expect(await subscriptions.cancel(own, { when: 'now' })).toMatchObject({ status: 'canceled' })
  })

  test.each([
    ['cancel', 'canceled', 'none'],
    ['pause', 'paused', 'none'],
    ['create_invoice', 'past_due', 'grace'],
  ] as const)('pitfall 23: a trial that ends without a card, by "%s", is %s', async (way, status, access) => {
    const { subscriptions, tenantId, stack, pass, local, clock, payments, own } = await open()
    await payments.createSetupIntent(own)
    const { prices } = await local.gateway.catalog.list()
    const priceId = prices.find(({ lookupKey }) => lookupKey === 'corbel:pro:seat:month:usd')?.id ?? ''
    await stack.billing.commands.run({ tenantId, lane: 'subscription' }, async ({ customers }) => {
      const { customerId } = (await customers.find(tenantId)) ?? { customerId: '' }
      const trialEnd = new Date(Number(clock.now()) + 14 * 86_400_000).toISOString()
      const items = [{ priceId, quantity: 1 }]
      return {
        operation: 'startSubscription',
        input: { customerId, tenantId, items, trialEnd, trialWithoutPayment: way },
      }
    })
    expect(await subscriptions.get(tenantId)).toMatchObject({ status: 'trialing', access: 'full' })
    await pass('15d')
    expect(await subscriptions.get(tenantId)).toMatchObject({ status, access })
  })

  test('pitfall 24: grace begins with the first invoice that failed, and further attempts do not make it longer', async () => {
    const { subscriptions, own, tenantId, card, pass, clock } = await open()
    await card()
    const { periodEnd } = await subscriptions.start(own, { ...starter, trialDays: 0 })
    await card('pm_card_chargeCustomerFail')
    await pass('32d')
    const first = await subscriptions.get(tenantId)
    expect(first).toMatchObject({ status: 'past_due', access: 'grace' })
    const seven = 7 * 86_400_000
    expect(Date.parse(first.graceEndsAt ?? '') - Date.parse(periodEnd)).toBeGreaterThanOrEqual(seven)
    expect(Date.parse(first.graceEndsAt ?? '') - Date.parse(periodEnd)).toBeLessThan(seven + 7_200_000)
    await pass('3d')
    const second = await subscriptions.get(tenantId)
    expect(second).toMatchObject({ status: 'past_due', graceEndsAt: first.graceEndsAt })
    clock.advance('40d')
    expect(await subscriptions.get(tenantId)).toMatchObject({ status: 'past_due', access: 'none' })
  })

  test('pitfall 25: what was never paid for opens nothing', async () => {
    const { subscriptions, own, card } = await open()
    await card('pm_card_chargeCustomerFail')
    expect(await subscriptions.start(own, { ...starter, trialDays: 0 })).toMatchObject({
      status: 'incomplete',
      access: 'none',
    })
    await expect(subscriptions.changeSeats(own, 2)).rejects.toMatchObject(code('not-changeable'))
  })

  test('seats are at least one for each member and at most what the plan allows', async () => {
    const { subscriptions, own, tenantId, ownerId, stack } = await open()
    const member = { userId: newId('usr'), role: 'member' } as const
    await stack.tenant.memberships.add({ tenantId, userId: ownerId }, member)
    await expect(subscriptions.start(own, { ...starter, seats: 1 })).rejects.toMatchObject(
      code('seats-out-of-range'),
    )
    await expect(subscriptions.start(own, { ...starter, planCode: 'none' })).rejects.toMatchObject(
      code('plan-unknown'),
    )
    expect(await subscriptions.start(own, starter)).toMatchObject({ seats: 2 })
    expect(await subscriptions.changeSeats(own, 5)).toMatchObject({ seats: 5 })
    await expect(subscriptions.changeSeats(own, 11)).rejects.toMatchObject(code('seats-out-of-range'))
    await expect(subscriptions.changeSeats(own, 1)).rejects.toMatchObject(code('seats-out-of-range'))
  })

  test('pitfall 28: a checkout that is clicked twice is one, and known as soon as it was told', async () => {
    const { subscriptions, payments, own, tenantId, local, told } = await open()
    const wanted = { ...starter, successPath: '/done', cancelPath: '/' }
    const first = await payments.checkout(own, wanted)
    expect(await payments.checkout(own, wanted)).toEqual(first)
    await local.completeCheckout(first.id)
    await told()
    expect(await subscriptions.get(tenantId)).toMatchObject({ planCode: 'starter', status: 'trialing' })
    await expect(payments.checkout(own, wanted)).rejects.toMatchObject(code('already-subscribed'))
  })

  test('of checkouts for different plans, one after the other or many at once, one can be paid', async () => {
    const made = new Set<string>()
    let before = async () => {}
    const { payments, own, local, count } = await openLocalBilling(opened, {
      wrap: (gateway) => ({
        ...gateway,
        async createCheckout(input, key) {
          const checkout = await gateway.createCheckout(input, key)
          made.add(checkout.id)
          return checkout
        },
        async retrieve(type, id) {
          await before()
          return gateway.retrieve(type, id)
        },
      }),
    })
    const order = (planCode: string) =>
      payments.checkout(own, { planCode, interval: 'month', successPath: '/done', cancelPath: '/' })
    const first = await order('starter')
    const second = await order('pro')
    await expect(local.completeCheckout(first.id)).rejects.toThrow('The session is expired.')
    expect(await order('pro')).toEqual(second)
    // Another is made between what is read of the last one here and at the gateway.
    before = async () => {
      before = async () => {}
      await order('starter')
    }
    await expect(order('pro')).rejects.toMatchObject(code('change-in-progress'))
    const answers = await Promise.allSettled(
      Array.from({ length: racers }, (_, index) => order(index % 2 === 0 ? 'starter' : 'pro')),
    )
    const codes = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { readonly code: string }).code] : [],
    )
    expect(codes.filter((each) => each !== 'billing/change-in-progress')).toEqual([])
    await order('starter')
    expect(made.size).toBeGreaterThan(2)
    const paid = await Promise.allSettled([...made].map((id) => local.completeCheckout(id)))
    expect(paid.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    // Nothing here has been told of it yet.
    await expect(order('pro')).rejects.toMatchObject(code('already-subscribed'))
    expect(await count('customer.subscription.created')).toBe(1)
  })

  test('a subscription that is started closes the checkout that is open, and finds what was bought on it', async () => {
    const { subscriptions, payments, own, local, count } = await open()
    const wanted = { ...starter, successPath: '/done', cancelPath: '/' }
    const left = await payments.checkout(own, wanted)
    // Chosen when signing up, and nobody's choice any more.
    await expect(subscriptions.startFirst(own, starter)).rejects.toMatchObject(code('change-in-progress'))
    const { id } = await subscriptions.start(own, starter)
    await expect(local.completeCheckout(left.id)).rejects.toThrow('The session is expired.')
    await subscriptions.cancel(own, { when: 'now' })
    const bought = await payments.checkout(own, { ...wanted, trialDays: 0 })
    await local.completeCheckout(bought.id)
    // Nothing here has been told of it yet.
    await expect(subscriptions.start(own, starter)).rejects.toMatchObject(code('already-subscribed'))
    await subscriptions.startFirst(own, starter)
    expect(await count('customer.subscription.created')).toBe(2)
    expect(await subscriptions.get(own.tenantId)).not.toMatchObject({ id })
  })

  test('of starts and checkouts at once, one subscription can come to be', async () => {
    const { subscriptions, payments, own, local, count } = await open()
    const wanted = { ...starter, successPath: '/done', cancelPath: '/' }
    await payments.createSetupIntent(own)
    const answers = await Promise.allSettled(
      Array.from({ length: racers }, async (_, index) =>
        index % 2 === 0 ? subscriptions.start(own, starter) : payments.checkout(own, wanted),
      ),
    )
    expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true)
    const codes = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { readonly code: string }).code] : [],
    )
    const waiting = ['billing/change-in-progress', 'billing/already-subscribed']
    expect(codes.filter((each) => !waiting.includes(each))).toEqual([])
    const pages = answers.flatMap((answer) =>
      answer.status === 'fulfilled' && 'url' in answer.value ? [answer.value.id] : [],
    )
    await Promise.allSettled([...new Set(pages)].map((id) => local.completeCheckout(id)))
    expect(await count('customer.subscription.created')).toBe(1)
  })

  test('payment methods are those of the tenant, one of them by default', async () => {
    const { payments, own, tenantId, card } = await open()
    expect(await payments.listMethods(tenantId)).toEqual([])
    const [first, second] = [await card(), await card()]
    const listed = async () =>
      (await payments.listMethods(tenantId)).filter(({ isDefault }) => isDefault).map(({ id }) => id)
    expect(await listed()).toEqual([second])
    await payments.setDefaultMethod(own, first)
    expect(await listed()).toEqual([first])
    await payments.removeMethod(own, second)
    expect((await payments.listMethods(tenantId)).map(({ id }) => id)).toEqual([first])
    await expect(payments.removeMethod(own, 'pm_of_somebody')).rejects.toMatchObject({
      code: 'gateway/not-found',
    })
    expect(await payments.portal(own, '/')).toMatchObject({ url: expect.stringContaining('https://') })
  })
})
