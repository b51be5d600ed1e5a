import { localStripe } from '@corbel/adapters/local-stripe'
import { auth } from '@corbel/auth'
import { applyCatalog, billing, defaultPlans } from '@corbel/billing'
import { createStack, fromEnv, newId, Secret } from '@corbel/core'
import { manualClock, racers, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'

const webhookSecret = new Secret('whsec_local')
const starter = { planCode: 'starter', interval: 'month' } as const
const code = (name: string) => ({ code: `billing/${name}` })

describe.each(await backends())('subscriptions on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open() {
    await opened.clear()
    const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
    const local = await localStripe({
      ...{ webhookSecret, clock },
      deliver: async ({ body, signature }) => {
        await stack.billing.intake.receive(new TextEncoder().encode(body), signature)
        return 200
      },
    })
    const stack = createStack({
      modules: [
        tenant(),
        auth({ passwords: cheapHasher }),
        billing({ gateway: local.gateway, webhookSecrets: [webhookSecret] }),
      ],
      ...{ storage: opened.storage, clock, logger: silentLogger, settings: fromEnv(peppers) },
    })
    await applyCatalog(defaultPlans, local.gateway.catalog)
    const ownerId = newId('usr')
    const { id: tenantId } = await stack.tenant.tenants.create({ name: 'Acme', ownerId })
    const { subscriptions, payments, dispatcher } = stack.billing
    const { customers } = opened.storage.repositories.billing
    const own = { tenantId }
    return {
      ...{ clock, local, stack, tenantId, ownerId, own, subscriptions, payments },
      /** Lets time pass, and everything that the gateway tells of it. */
      async pass(duration: `${number}d`) {
        await local.advance(duration)
        await local.flush()
        await dispatcher.dispatchDue()
      },
      async told() {
        await local.flush()
        await dispatcher.dispatchDue()
      },
      async card(card = 'pm_card_visa') {
        await payments.createSetupIntent(own)
        return local.giveCard((await customers.find(tenantId))?.customerId ?? '', card)
      },
      count: async (type: string) => (await local.events()).filter((event) => event.type === type).length,
    }
  }

  test('a trial begins without a card, once for each tenant, and ends without one', async () => {
    const { subscriptions, own, tenantId, pass, card } = await open()
    await expect(subscriptions.get(tenantId)).rejects.toMatchObject(code('no-subscription'))
    expect(await subscriptions.start(own, starter)).toMatchObject({
      ...{ planCode: 'starter', interval: 'month', seats: 1, status: 'trialing', access: 'full' },
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
      ...{ planCode: 'pro', status: 'active' },
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
      ...{ planCode: 'starter', hasPendingUpdate: true, access: 'full' },
    })
  })

  test('a change at the end of the period comes with the next one', async () => {
    const { subscriptions, own, tenantId, card, pass } = await open()
    await card()
    await subscriptions.start(own, { planCode: 'pro', interval: 'month', trialDays: 0 })
    const later = { planCode: 'starter', when: 'period-end', settle: 'now' } as const
    expect(await subscriptions.changePlan(own, later)).toMatchObject({
      ...{ planCode: 'pro', hasScheduledChange: true },
    })
    await pass('32d')
    expect(await subscriptions.get(tenantId)).toMatchObject({ planCode: 'starter', status: 'active' })
  })

  test('pitfalls 19 and 20: a cancellation is taken back before it is in force, and not after', async () => {
    const { subscriptions, own, tenantId, card, pass } = await open()
    await card()
    const { periodEnd } = await subscriptions.start(own, { ...starter, trialDays: 0 })
    expect(await subscriptions.cancel(own, { when: 'period-end' })).toMatchObject({
      ...{ cancelAt: periodEnd, access: 'full' },
    })
    expect(await subscriptions.resume(own)).toMatchObject({ cancelAt: null, status: 'active' })
    await subscriptions.cancel(own, { when: 'period-end' })
    await pass('32d')
    expect(await subscriptions.get(tenantId)).toMatchObject({ status: 'canceled', access: 'none' })
    await expect(subscriptions.resume(own)).rejects.toMatchObject(code('subscription-ended'))
    expect(await subscriptions.cancel(own, { when: 'now' })).toMatchObject({ status: 'canceled' })
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
      ...{ status: 'incomplete', access: 'none' },
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
