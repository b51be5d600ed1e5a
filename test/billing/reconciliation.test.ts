import { GatewayErrors, type PaymentGateway } from '@corbel/billing/ports'
import { newId } from '@corbel/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { origin } from './billing.fixture.ts'
import { openLocalBilling } from './local-billing.fixture.ts'

const starter = { planCode: 'starter', interval: 'month' } as const

/** Pages of three events, and a failure in the place of one of them. */
function smallPages(failing: { page: number | null }) {
  return (gateway: PaymentGateway): PaymentGateway => ({
    ...gateway,
    async listEvents(since, after) {
      const all: Awaited<ReturnType<PaymentGateway['listEvents']>>['items'][number][] = []
      for (let next: string | null | undefined; next !== null;) {
        const page: Awaited<ReturnType<PaymentGateway['listEvents']>> = await gateway.listEvents(since, next)
        all.push(...page.items)
        next = page.next
      }
      const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
      if (failing.page !== null && from >= failing.page * 3) throw GatewayErrors.unavailable()
      const items = all.slice(from, from + 3)
      return { items, next: from + 3 < all.length ? (items.at(-1)?.id ?? null) : null }
    },
  })
}

describe.each(await backends())('reconciliation on %s', (backend) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend)
  }, openTimeout)
  afterAll(() => opened?.close())

  async function open(wrap?: (gateway: PaymentGateway) => PaymentGateway) {
    const all = await openLocalBilling(opened, { ...(wrap && { wrap }) })
    const { stack, local, stateOf } = all
    const { reconciliation } = stack.billing
    /** Every page, as an operator goes through them. */
    const walk = async (dryRun: boolean) => {
      const reports = []
      for (let cursor: string | null | undefined; cursor !== null;) {
        const report = await reconciliation.reconcile({ dryRun, ...(cursor !== undefined && { cursor }) })
        reports.push(report)
        cursor = report.nextCursor
      }
      const missedEvents = reports.flatMap((report) => report.missedEvents)
      return { missedEvents, differences: reports.flatMap(({ differences }) => differences) }
    }
    /** What is known and what the gateway has, of every subscription and invoice there. */
    const compared = async () => {
      const kinds = ['subscription', 'invoice'] as const
      const ids = new Set(
        (await local.events()).flatMap(({ data: { object } }) => {
          const { id, object: kind } = object as { readonly id: string; readonly object: string }
          return kinds.flatMap((type) =>
            type === kind && !id.startsWith('upcoming') ? [`${type} ${id}`] : [],
          )
        }),
      )
      const pairs = [...ids].map(async (name) => {
        const [type = '', id = ''] = name.split(' ')
        const kind = type === 'invoice' ? 'invoice' : 'subscription'
        return [await stateOf(kind, id), (await local.gateway.retrieve(kind, id))?.value]
      })
      return Promise.all(pairs)
    }
    const recorded = async () => {
      const entries = await opened.storage.outbox.claim({ limit: 1000, leaseMs: 1000 })
      await opened.storage.outbox.settle(entries.map(({ id }) => id))
      return entries.map(({ type }) => type).filter((type) => type.startsWith('billing.'))
    }
    return { ...all, reconciliation, walk, compared, recorded }
  }

  test('pitfall 39: after days without a webhook the state is that of the gateway, with every difference listed, and nothing told twice', async () => {
    const all = await open()
    const { card, subscriptions, own, local, hears, told, walk, compared, recorded, reconciliation } = all
    await card()
    const { id } = await subscriptions.start(own, starter)
    await told()
    await recorded()
    hears(false)
    await local.advance('16d')
    await local.gateway.cancelSubscription({ subscriptionId: id, when: 'period-end' }, 'in the portal')
    await local.flush()
    hears(true)
    // What is delivered again must not hide what was not.
    await local.gateway.resumeSubscription({ subscriptionId: id }, 'in the portal, later')
    await told()
    const shown = await walk(true)
    expect(shown.missedEvents.length).toBeGreaterThan(3)
    expect(shown.differences.map(({ type }) => type)).toContain('invoice')
    expect(await walk(true)).toEqual(shown)
    await reconciliation.reconcileEvents()
    await all.stack.billing.dispatcher.dispatchDue()
    for (const [known, theirs] of await compared()) expect(known).toEqual(theirs)
    const types = await recorded()
    expect(types).toContain('billing.state.reconciled')
    // The trial had told of it before.
    expect(types.filter((type) => type === 'billing.subscription.activated')).toEqual([])
    await reconciliation.reconcileEvents()
    expect(await walk(false)).toEqual({ missedEvents: [], differences: [] })
    expect(await recorded()).toEqual([])
  })

  test('a pass that is cut off goes on where it was, and what it had not reached is not forgotten', async () => {
    const failing: { page: number | null } = { page: null }
    const all = await open(smallPages(failing))
    const { card, subscriptions, own, local, hears, reconciliation, compared, stack, clock } = all
    await reconciliation.reconcileEvents()
    clock.advance('2h')
    hears(false)
    await card()
    await subscriptions.start(own, { ...starter, trialDays: 0 })
    await local.advance('10d')
    await local.flush()
    hears(true)
    failing.page = 2
    await expect(reconciliation.reconcileEvents()).rejects.toMatchObject({ code: 'gateway/unavailable' })
    const { reconciliations, inbox } = opened.storage.repositories.billing
    expect(await reconciliations.find('self')).toMatchObject({ pass: { cursor: /^events:/ } })
    const before = (await inbox.list({}, { limit: 100, after: null })).length
    failing.page = null
    clock.advance('1h')
    await reconciliation.reconcileEvents()
    expect((await inbox.list({}, { limit: 100, after: null })).length).toBeGreaterThan(before)
    expect(await reconciliations.find('self')).toMatchObject({ pass: null })
    await stack.billing.dispatcher.dispatchDue()
    for (const [known, theirs] of await compared()) expect(known).toEqual(theirs)
    // Nothing that the gateway has made since the first pass is missing.
    expect(await all.walk(true)).toEqual({ missedEvents: [], differences: [] })
  })

  test('what no event tells of any more is found by comparing, here and there', async () => {
    const { card, subscriptions, own, tenantId, local, hears, compared, reconciliation } = await open()
    await card()
    const { id } = await subscriptions.start(own, { ...starter, trialDays: 0 })
    hears(false)
    const { customers, projections } = opened.storage.repositories.billing
    const customerId = (await customers.find(tenantId))?.customerId ?? ''
    const { prices } = await local.gateway.catalog.list()
    const priceId = prices.find(({ lookupKey }) => lookupKey === 'corbel:pro:seat:month:usd')?.id ?? ''
    await local.gateway.cancelSubscription({ subscriptionId: id, when: 'now' }, 'in the dashboard')
    const made = await local.gateway.startSubscription(
      { customerId, tenantId, items: [{ priceId, quantity: 1 }] },
      'by hand',
    )
    // A customer of somebody else who uses the same account.
    const stranger = await local.gateway.createCustomer({ tenantId: newId('ten') }, 'another service')
    await local.giveCard(stranger.id, 'pm_card_visa')
    const foreign = await local.gateway.startSubscription(
      { customerId: stranger.id, tenantId: newId('ten'), items: [{ priceId, quantity: 1 }] },
      'another subscription',
    )
    await reconciliation.compareAll()
    expect(await subscriptions.get(tenantId)).toMatchObject({
      id: made.id,
      planCode: 'pro',
      status: 'active',
    })
    for (const [known, theirs] of await compared())
      if (theirs?.id === id || theirs?.id === made.id) expect(known).toEqual(theirs)
    expect(await projections.load([{ type: 'subscription', id: foreign.id }])).toEqual([])
  })

  test('many at once take everything over once', async () => {
    const all = await open()
    const { card, subscriptions, own, hears, local, reconciliation, stack, recorded, compared, clock } = all
    await card()
    await subscriptions.start(own, starter)
    hears(false)
    await local.advance('16d')
    await local.flush()
    await recorded()
    await Promise.all(Array.from({ length: 8 }, () => reconciliation.reconcileEvents()))
    await Promise.all([1, 2, 3].map(() => stack.billing.dispatcher.dispatchDue()))
    // Those who met at one object have put it off.
    clock.advance('1m')
    await stack.billing.dispatcher.dispatchDue()
    for (const [known, theirs] of await compared()) expect(known).toEqual(theirs)
    const { inbox } = opened.storage.repositories.billing
    const ids = (await inbox.list({}, { limit: 1000, after: null })).map(({ id }) => id)
    expect(ids.length).toBe(new Set((await local.events()).map(({ id }) => id)).size)
    expect((await recorded()).filter((type) => type === 'billing.subscription.activated')).toEqual([])
  })

  test('only operators reach it, with a cursor that was given out; without billing it says so', async () => {
    const { stack, reconciliation } = await open()
    const ask = (body: unknown) =>
      stack.fetch(
        new Request(`${origin}/api/v1/billing/reconcile`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
        { remoteAddress: '192.0.2.1' },
      )
    expect((await ask({ dryRun: true })).status).toBe(401)
    const off = await openLocalBilling(opened, { settings: { ENABLE_BILLING: 'false' } })
    await expect(off.stack.billing.reconciliation.reconcile({ dryRun: true })).rejects.toMatchObject({
      code: 'billing/not-configured',
    })
    await off.stack.billing.reconciliation.reconcileEvents()
    await off.stack.billing.reconciliation.compareAll()
    expect(await reconciliation.reconcile({ dryRun: true, cursor: 'open:' })).toMatchObject({
      checked: 0,
      nextCursor: null,
    })
  })
})
