import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openLocalBilling } from './local-billing.fixture.ts'

const starter = { planCode: 'starter', interval: 'month' } as const
const page = { limit: 10 }

describe.each(await backends())('what is deleted at the gateway on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open() {
    const all = await openLocalBilling(opened)
    const { local, payments, own, tenantId } = all
    await payments.createSetupIntent(own)
    const customerOf = async () =>
      (await opened.storage.repositories.billing.customers.find(tenantId))?.customerId ?? ''
    const customer = await customerOf()
    const draft = async () => {
      await local.client.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
      return (await local.client.invoices.create({ customer, auto_advance: false })).id
    }
    const statuses = async () =>
      (await payments.listInvoices(tenantId, page)).data.map(({ id, status }) => [id, status])
    return { ...all, customer, customerOf, draft, statuses }
  }

  test.each([
    ['in the second in which it was made', '0s'],
    ['later', '9s'],
  ] as const)('a draft is void here, %s', async (_, pause) => {
    const { local, told, draft, statuses, clock } = await open()
    const id = await draft()
    await told()
    expect(await statuses()).toEqual([[id, 'draft']])
    clock.advance(pause)
    await local.client.invoices.del(id)
    await told()
    expect(await statuses()).toEqual([[id, 'void']])
    const { inbox } = opened.storage.repositories.billing
    clock.advance('20d')
    await inbox.replay({}, clock.now())
    await told()
    expect(await statuses()).toEqual([[id, 'void']])
    const entries = await opened.storage.outbox.claim({ limit: 1000, leaseMs: 1000 })
    expect(entries.filter(({ type }) => type === 'billing.invoice.changed')).toMatchObject([
      { payload: { invoiceId: id, status: 'draft', previousStatus: null } },
      { payload: { invoiceId: id, status: 'void', previousStatus: 'draft' } },
    ])
  })

  test('a draft that nothing was known of stays unknown', async () => {
    const { local, told, draft, statuses } = await open()
    await local.client.invoices.del(await draft())
    await told()
    expect(await statuses()).toEqual([])
  })

  test('a customer ends with what it subscribed to, and its tenant can begin anew as another one', async () => {
    const { local, told, own, tenantId, subscriptions, payments, customer, customerOf, card, stateOf } =
      await open()
    const { id } = await subscriptions.start(own, starter)
    await told()
    await local.client.customers.del(customer)
    // The end of the customer comes in before that of the subscription is applied.
    await told()
    expect(await stateOf('subscription', id)).toMatchObject({ status: 'canceled' })
    expect(await payments.listMethods(tenantId)).toEqual([])
    await expect(payments.portal(own, '/')).rejects.toMatchObject({ code: 'billing/no-customer' })
    await card()
    await subscriptions.start(own, { ...starter, trialDays: 0 })
    await told()
    expect(await subscriptions.get(tenantId)).toMatchObject({ status: 'active', access: 'full' })
    expect(await customerOf()).not.toBe(customer)
  })
})
