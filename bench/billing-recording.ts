import { localStripe, type WorldEvent } from '@corbel/adapters/local-stripe'
import { manualClock, Secret } from '@corbel/core'
import type { Stripe } from 'stripe'

/** A subscription or an invoice. */
export interface RecordedObject {
  readonly id: string
  readonly object: string
  readonly status: string
}

/** What a Stripe account has to tell of some customers, and what it says when it is asked. */
export interface Recording {
  readonly events: readonly WorldEvent[]
  /** The last state of each object, by its id. */
  readonly objects: Readonly<Record<string, RecordedObject>>
  /** What customers share: their prices, and the product of these. */
  readonly shared: readonly string[]
  readonly prices: Readonly<Record<'basic' | 'plus', string>>
}

const lives = 24

/** Sync-engine answers 400 to what it has no table for, and then nothing would be compared. */
const without: ReadonlySet<string> = new Set(['invoiceitem.created'])

/**
 * Lives through half a year of some customers: trials, renewals, cards that are declined and paid with again, changes now and later,
 * checkouts, invoices by hand, cancellations. Customers live side by side, so that the events of one second are of many objects.
 */
export async function recordBilling(): Promise<Recording> {
  const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
  const local = await localStripe({ webhookSecret: new Secret('whsec_recording'), clock })
  const { client } = local
  const product = await client.products.create({ name: 'Plan' })
  const price = (unit_amount: number) =>
    client.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount,
      recurring: { interval: 'month' },
    })
  const [basic, plus] = [(await price(2000)).id, (await price(9900)).id]
  const begun = (await local.events()).length

  interface Life {
    readonly number: number
    readonly customer: string
    subscription: string
  }
  const people: Life[] = []
  const each = async (
    act: (life: Life) => Promise<unknown>,
    which: (number: number) => boolean = () => true,
  ) => {
    for (const life of people) {
      if (!which(life.number)) continue
      clock.advance('2s')
      await act(life)
    }
  }
  /** Hour by hour: what happens in between bears the time at which it is looked for. */
  const pass = async (days: number) => {
    for (let hour = 0; hour < days * 24; hour++) {
      clock.advance('1h')
      await local.now()
    }
  }
  const item = async ({ subscription }: Life): Promise<Stripe.SubscriptionItem> => {
    const [first] = (await client.subscriptions.retrieve(subscription)).items.data
    if (first === undefined) throw new Error('A subscription has no items.')
    return first
  }

  for (let number = 0; number < lives; number++) {
    clock.advance('2s')
    const { id } = await client.customers.create({
      email: `${number}@example.test`,
      name: `Customer ${number}`,
    })
    people.push({ number, customer: id, subscription: '' })
  }
  await each(async ({ customer }) => {
    const { id } = await client.setupIntents.create({ customer, usage: 'off_session' })
    await client.setupIntents.confirm(id, { payment_method: 'pm_card_visa' })
    await local.giveCard(customer, 'pm_card_visa')
  })
  await each(
    async (life) => {
      const { id } = await client.subscriptions.create({
        customer: life.customer,
        items: [{ price: basic, quantity: 1 + (life.number % 3) }],
        ...(life.number % 2 === 0 && { trial_period_days: 7 }),
      })
      life.subscription = id
    },
    (number) => number % 4 !== 3,
  )
  await each(
    async (life) => {
      const { id } = await client.checkout.sessions.create({
        customer: life.customer,
        mode: 'subscription',
        line_items: [{ price: plus, quantity: 1 }],
        success_url: 'https://app.example.test/done',
      })
      await local.completeCheckout(id)
      const { data } = await client.subscriptions.list({ customer: life.customer, limit: 1 })
      life.subscription = data[0]?.id ?? ''
    },
    (number) => number % 4 === 3,
  )
  await pass(35)
  await each(
    async (life) =>
      client.subscriptions.update(life.subscription, {
        items: [{ id: (await item(life)).id, price: plus }],
        proration_behavior: 'create_prorations',
      }),
    (number) => number % 3 === 0,
  )
  await each(
    async (life) =>
      client.subscriptions.update(life.subscription, { items: [{ id: (await item(life)).id, quantity: 5 }] }),
    (number) => number % 3 === 1,
  )
  const declined = (number: number) => number % 6 === 2
  await each(({ customer }) => local.giveCard(customer, 'pm_card_chargeCustomerFail'), declined)
  await pass(12)
  await each(({ customer }) => local.giveCard(customer, 'pm_card_visa'), declined)
  await each(async ({ customer }) => {
    const { data } = await client.invoices.list({ customer, status: 'open' })
    for (const { id } of data) await client.invoices.pay(id)
  }, declined)
  await pass(21)
  await each(
    async ({ customer, number }) => {
      await client.invoiceItems.create({ customer, amount: 4200, currency: 'usd' })
      const { id } = await client.invoices.create({
        customer,
        collection_method: 'send_invoice',
        days_until_due: 30,
        pending_invoice_items_behavior: 'include',
      })
      await client.invoices.update(id, { description: 'Consulting' })
      clock.advance('2s')
      await client.invoices.finalizeInvoice(id)
      await client.invoices.sendInvoice(id)
      clock.advance('2s')
      if (number % 8 === 1) await client.invoices.voidInvoice(id)
      else await client.invoices.markUncollectible(id)
    },
    (number) => number % 4 === 1,
  )
  await each(
    ({ subscription }) => client.subscriptions.update(subscription, { cancel_at_period_end: true }),
    (number) => number % 4 === 0,
  )
  await pass(2)
  await each(
    ({ subscription }) => client.subscriptions.update(subscription, { cancel_at_period_end: false }),
    (number) => number % 8 === 0,
  )
  await pass(60)
  await each(
    ({ subscription }) => client.subscriptions.cancel(subscription),
    (number) => number % 6 === 5,
  )
  await each(
    async ({ customer }) => {
      const { data } = await client.customers.listPaymentMethods(customer, { limit: 1 })
      for (const { id } of data) await client.paymentMethods.detach(id)
    },
    (number) => number % 6 === 5,
  )

  const events = (await local.events()).slice(begun).filter(({ type }) => !without.has(type))
  const objects: Record<string, RecordedObject> = {}
  for (const { id, object } of [
    ...(await client.subscriptions.list({ status: 'all', limit: 100 }).autoPagingToArray({ limit: 10_000 })),
    ...(await client.invoices.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })),
  ])
    objects[id] = JSON.parse(
      await (
        await local.fetch(`https://api.stripe.com/v1/${object}s/${id}`, {
          headers: { authorization: 'Bearer sk_test_recording' },
        })
      ).text(),
    ) as RecordedObject
  return { events, objects, shared: [product.id, basic, plus], prices: { basic, plus } }
}
