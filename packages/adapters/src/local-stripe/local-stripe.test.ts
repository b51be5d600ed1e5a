import { afterEach, describe, expect, test } from 'vitest'
import {
  assertContract,
  customerWith,
  type Local,
  openLocal,
  sell,
  statusOf,
} from './local-stripe.fixture.ts'
import { memoryStore } from './local-store.ts'

let local: Local

afterEach(() => assertContract(local))

const started = async (priceId: string, customerId: string, more = {}) =>
  local.gateway.startSubscription(
    { customerId, tenantId: 'ten_1', items: [{ priceId, quantity: 1 }], ...more },
    `start/${priceId}`,
  )

const invoicesOf = async (customerId: string) =>
  (await local.gateway.listInvoices(customerId)).items.map(({ status, total }) => [status, total])

const typesOf = async () => (await local.events()).map(({ type }) => type)

const inDays = (days: number) => new Date(local.clock.now().getTime() + days * 86_400_000).toISOString()

describe('a subscription', () => {
  test('begins active when the card pays, and renews every month', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const customer = await customerWith(local)
    const subscription = await started(pro.id, customer)
    expect(subscription).toMatchObject({
      status: 'active',
      periodStart: '2026-01-01T00:00:00.000Z',
      periodEnd: '2026-02-01T00:00:00.000Z',
    })
    await local.advance('58d')
    expect(await invoicesOf(customer)).toEqual([
      ['paid', 9900],
      ['paid', 9900],
    ])
    await local.advance('2d')
    expect(await invoicesOf(customer)).toHaveLength(3)
    expect(await statusOf(local, subscription)).toBe('active')
  })

  test('goes from trial to active, is warned three days before, and past due to canceled when the card fails', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const customer = await customerWith(local)
    const subscription = await started(pro.id, customer, { trialEnd: inDays(14) })
    expect(subscription).toMatchObject({ status: 'trialing', trialEnd: inDays(14) })
    expect(await invoicesOf(customer)).toEqual([['paid', 0]])
    await local.advance('11d')
    expect(await typesOf()).toContain('customer.subscription.trial_will_end')
    await local.advance('4d')
    expect(await statusOf(local, subscription)).toBe('active')
    await local.giveCard(customer, 'pm_card_chargeCustomerFail')
    await local.advance('31d')
    expect(await statusOf(local, subscription)).toBe('past_due')
    await local.advance('20d')
    expect(await statusOf(local, subscription)).toBe('canceled')
    expect((await typesOf()).filter((type) => type === 'invoice.payment_failed')).toHaveLength(4)
  })

  test('recovers from past due when another card pays', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const customer = await customerWith(local)
    const subscription = await started(pro.id, customer)
    await local.giveCard(customer, 'pm_card_chargeCustomerFail')
    await local.advance('32d')
    expect(await statusOf(local, subscription)).toBe('past_due')
    await local.giveCard(customer, 'pm_card_visa')
    await local.advance('3d')
    expect(await statusOf(local, subscription)).toBe('active')
  })

  test.each([
    ['cancel', 'canceled'],
    ['pause', 'paused'],
    ['create_invoice', 'past_due'],
  ])('whose trial ends without a card and the setting %s is %s', async (trialWithoutPayment, status) => {
    local = await openLocal()
    const { pro } = await sell(local)
    const customer = await customerWith(local, null)
    const subscription = await started(pro.id, customer, { trialEnd: inDays(7), trialWithoutPayment })
    await local.advance('8d')
    expect(await statusOf(local, subscription)).toBe(status)
    if (status !== 'paused') return
    await local.giveCard(customer, 'pm_card_visa')
    const resumed = await local.gateway.resumeSubscription({ subscriptionId: subscription.id }, 'resume/1')
    expect(resumed.status).toBe('active')
  })

  test('is incomplete while the first payment fails, and expires after 23 hours', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const subscription = await started(pro.id, await customerWith(local, 'pm_card_chargeCustomerFail'))
    expect(subscription.status).toBe('incomplete')
    await local.advance('24h')
    expect(await statusOf(local, subscription)).toBe('incomplete_expired')
  })

  test('costs after a change what the preview said', async () => {
    local = await openLocal()
    const { starter, pro } = await sell(local)
    const customerId = await customerWith(local)
    const subscription = await started(starter.id, customerId)
    await local.advance('10d')
    const [item] = subscription.items
    const change = {
      subscriptionId: subscription.id,
      items: [{ id: item?.id ?? '', priceId: pro.id, quantity: 2 }],
      proration: 'now',
    } as const
    const preview = await local.gateway.preview({ of: 'existing', customerId, ...change })
    await local.advance('1h')
    const prorationAt = preview.prorationAt ?? ''
    const changed = await local.gateway.changeSubscription({ ...change, prorationAt }, 'change/1')
    expect(changed.items).toMatchObject([{ priceId: pro.id, quantity: 2 }])
    const { items } = await local.gateway.listInvoices(customerId)
    expect(items[0]).toMatchObject({ status: 'paid', total: preview.total })
    expect(preview.lines.map(({ isProration }) => isProration)).toEqual([true, true])
  })

  test('keeps its prices until an upgrade is paid for', async () => {
    local = await openLocal()
    const { starter, pro } = await sell(local)
    const customerId = await customerWith(local)
    const subscription = await started(starter.id, customerId)
    await local.giveCard(customerId, 'pm_card_chargeCustomerFail')
    const changed = await local.gateway.changeSubscription(
      {
        subscriptionId: subscription.id,
        items: [{ id: subscription.items[0]?.id ?? '', priceId: pro.id, quantity: 1 }],
        proration: 'now',
      },
      'change/1',
    )
    expect(changed).toMatchObject({ hasPendingUpdate: true, items: [{ priceId: starter.id }] })
    const card = await local.giveCard(customerId, 'pm_card_visa')
    await local.client.invoices.pay(
      changed.latestInvoiceId ?? '',
      { payment_method: card },
      { idempotencyKey: 'pay/1' },
    )
    expect(await local.gateway.retrieve('subscription', subscription.id)).toMatchObject({
      value: { hasPendingUpdate: false, items: [{ priceId: pro.id }] },
    })
  })

  test('changes at the end of the period when that is scheduled, and not when it is taken back', async () => {
    local = await openLocal()
    const { starter, pro } = await sell(local)
    const subscription = await started(pro.id, await customerWith(local))
    const items = [{ priceId: starter.id, quantity: 1 }]
    const id = subscription.id
    const scheduled = await local.gateway.scheduleChange({ subscriptionId: id, items }, 'schedule/1')
    expect(scheduled).toMatchObject({
      items: [{ priceId: pro.id }],
      scheduleId: expect.stringContaining('sub_sched'),
    })
    const freed = await local.gateway.cancelScheduledChange({ subscriptionId: id }, 'schedule/2')
    expect(freed.scheduleId).toBeNull()
    await local.gateway.scheduleChange({ subscriptionId: id, items }, 'schedule/3')
    await local.advance('32d')
    expect(await local.gateway.retrieve('subscription', id)).toMatchObject({
      value: { items: [{ priceId: starter.id }], scheduleId: null, status: 'active' },
    })
  })

  test('ends at the end of the period, unless it is resumed before', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const { id } = await started(pro.id, await customerWith(local))
    const cancel = (key: string) =>
      local.gateway.cancelSubscription({ subscriptionId: id, when: 'period-end' }, key)
    expect(await cancel('cancel/1')).toMatchObject({ cancelAt: '2026-02-01T00:00:00.000Z', status: 'active' })
    const resumed = await local.gateway.resumeSubscription({ subscriptionId: id }, 'resume/1')
    expect(resumed.cancelAt).toBeNull()
    await cancel('cancel/2')
    await local.advance('32d')
    expect(await statusOf(local, { id })).toBe('canceled')
    const again = local.gateway.resumeSubscription({ subscriptionId: id }, 'resume/2')
    await expect(again).rejects.toMatchObject({ code: 'gateway/refused' })
  })

  test('bills what was used, once for each record', async () => {
    local = await openLocal()
    const { byUse } = await sell(local)
    const customerId = await customerWith(local)
    await local.gateway.startSubscription(
      { customerId, tenantId: 'ten_1', items: [{ priceId: byUse.id }] },
      'start/use',
    )
    const record = (id: string, quantity: string) => ({
      id,
      meter: 'tokens',
      customerId,
      quantity,
      occurredAt: local.clock.now().toISOString(),
    })
    const records = [record('u1', '100'), record('u2', '3.5'), record('u1', '100')]
    expect(await local.gateway.reportUsage(records.slice(0, 2))).toMatchObject([
      { is: 'accepted' },
      { is: 'accepted' },
    ])
    expect(await local.gateway.reportUsage(records)).toMatchObject([{}, {}, {}])
    const unknown = await local.gateway.reportUsage([{ ...record('u3', '1'), meter: 'nothing' }])
    expect(unknown).toMatchObject([{ id: 'u3', is: 'refused' }])
    await local.advance('32d')
    expect(await invoicesOf(customerId)).toEqual([
      ['paid', 52],
      ['paid', 0],
    ])
  })
})

describe('a checkout', () => {
  test('makes one subscription, with the trial that was ordered, and cannot be used again', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const customerId = await customerWith(local, null)
    const order = {
      customerId,
      tenantId: 'ten_1',
      items: [{ priceId: pro.id, quantity: 3 }],
      trialDays: 14,
      successUrl: 'https://app.example.test/done',
      cancelUrl: 'https://app.example.test/no',
    }
    const session = await local.gateway.createCheckout(order, 'checkout/1')
    expect(await local.gateway.createCheckout(order, 'checkout/1')).toEqual(session)
    await local.completeCheckout(session.id)
    await expect(local.completeCheckout(session.id)).rejects.toThrow('The session is complete.')
    expect(await local.gateway.expireCheckout({ checkoutId: session.id }, 'expire/1')).toMatchObject({
      status: 'complete',
    })
    const done = await local.gateway.retrieve('checkout', session.id)
    expect(done).toMatchObject({ value: { status: 'complete', customerId } })
    const { items } = await local.gateway.listSubscriptions()
    expect(items).toMatchObject([
      { value: { status: 'trialing', tenantId: 'ten_1', items: [{ quantity: 3 }] } },
    ])
  })

  test('that nobody completes expires after a day, and a declined card leaves it open', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const session = await local.gateway.createCheckout(
      {
        customerId: await customerWith(local, null),
        tenantId: 'ten_1',
        items: [{ priceId: pro.id, quantity: 1 }],
        successUrl: 'https://app.example.test/done',
        cancelUrl: 'https://app.example.test/no',
      },
      'checkout/1',
    )
    await expect(local.completeCheckout(session.id, 'pm_card_chargeCustomerFail')).rejects.toThrow('declined')
    expect(await local.gateway.retrieve('checkout', session.id)).toMatchObject({ value: { status: 'open' } })
    await local.advance('25h')
    const expired = { status: 'expired', url: null }
    expect(await local.gateway.retrieve('checkout', session.id)).toMatchObject({ value: expired })
  })

  test('that is taken back cannot be paid, however often it is', async () => {
    local = await openLocal()
    const { pro } = await sell(local)
    const customerId = await customerWith(local, null)
    const { id: checkoutId } = await local.gateway.createCheckout(
      {
        customerId,
        tenantId: 'ten_1',
        items: [{ priceId: pro.id, quantity: 1 }],
        successUrl: 'https://app.example.test/done',
        cancelUrl: 'https://app.example.test/no',
      },
      'checkout/1',
    )
    const expired = { id: checkoutId, status: 'expired', url: null }
    for (const key of ['expire/1', 'expire/1', 'expire/2'])
      expect(await local.gateway.expireCheckout({ checkoutId }, key)).toMatchObject(expired)
    await expect(local.completeCheckout(checkoutId)).rejects.toThrow('The session is expired.')
    const events = (await local.events()).filter(({ type }) => type === 'checkout.session.expired')
    expect(events).toHaveLength(1)
  })
})

test('what is to be paid for beside subscriptions comes on an invoice of its own', async () => {
  local = await openLocal()
  const customer = await customerWith(local)
  const invoiced = async (key: string) => {
    const item = { customer, amount: 2500, currency: 'usd' }
    await local.client.invoiceItems.create(item, { idempotencyKey: `item/${key}` })
    const params = { customer, pending_invoice_items_behavior: 'include' } as const
    return local.client.invoices.create(params, { idempotencyKey: `invoice/${key}` })
  }
  const [first, second] = [await invoiced('1'), await invoiced('2')]
  expect([first.status, first.total, second.total]).toEqual(['draft', 2500, 2500])
  await local.client.invoices.pay(first.id, {}, { idempotencyKey: 'pay/1' })
  await local.client.invoices.finalizeInvoice(second.id, {}, { idempotencyKey: 'finalize/2' })
  await local.client.invoices.markUncollectible(second.id, {}, { idempotencyKey: 'give-up/2' })
  const sent = { customer, collection_method: 'send_invoice', days_until_due: 7 } as const
  const { id } = await local.client.invoices.create(sent, { idempotencyKey: 'invoice/3' })
  await local.client.invoices.sendInvoice(id, {}, { idempotencyKey: 'send/3' })
  expect(await invoicesOf(customer)).toEqual([
    ['open', 0],
    ['uncollectible', 2500],
    ['paid', 2500],
  ])
})

test('drafts for no subscription can be deleted, and customers with all that they subscribe to', async () => {
  local = await openLocal()
  const { pro } = await sell(local)
  const customer = await customerWith(local)
  const { id: subscriptionId, latestInvoiceId } = await started(pro.id, customer)
  const { id } = await local.client.invoices.create({ customer }, { idempotencyKey: 'invoice/1' })
  expect(await local.client.invoices.del(id)).toMatchObject({ id, deleted: true })
  expect(await local.gateway.retrieve('invoice', id)).toBe(null)
  await expect(local.client.invoices.del(latestInvoiceId ?? '')).rejects.toThrow('only delete draft')
  await local.client.customers.del(customer)
  expect(await local.gateway.retrieve('customer', customer)).toMatchObject({ value: { isDeleted: true } })
  expect(await statusOf(local, { id: subscriptionId })).toBe('canceled')
  await local.advance('40d')
  await expect(local.client.customers.del(customer)).rejects.toThrow('No such customer')
  expect((await local.events()).map(({ type }) => type)).toEqual(
    expect.arrayContaining(['invoice.deleted', 'customer.subscription.deleted', 'customer.deleted']),
  )
})

test('what was answered survives a restart', async () => {
  const store = memoryStore()
  local = await openLocal({ store })
  const { pro } = await sell(local)
  const customer = await customerWith(local)
  const subscription = await started(pro.id, customer)
  await local.advance('3d')
  const now = await local.now()
  local = await openLocal({ store })
  expect(await local.now()).toEqual(now)
  expect(await local.gateway.retrieve('subscription', subscription.id)).toEqual({
    type: 'subscription',
    value: subscription,
  })
  expect(await started(pro.id, customer)).toEqual(subscription)
})
