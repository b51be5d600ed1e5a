import type { GatewayObject, KeyedOperation, PaymentGateway } from '@corbel/billing/ports'
import type { Stripe } from 'stripe'
import { answered } from './stripe-errors.ts'
import { eventOf } from './stripe-events.ts'
import {
  epoch,
  isoTime,
  keyOf,
  toCheckout,
  toCustomer,
  toInvoice,
  toLine,
  toPaymentMethod,
  toSubscription,
} from './stripe-objects.ts'
import { changeParams, itemParams } from './stripe-params.ts'

const pageSize = 100

type Reads = Pick<
  PaymentGateway,
  | 'preview'
  | 'listPaymentMethods'
  | 'listInvoices'
  | 'retrieve'
  | 'findByKey'
  | 'listEvents'
  | 'listSubscriptions'
>

export const stripeReads = (client: Stripe): Reads => ({
  async preview(change) {
    const params: Stripe.InvoiceCreatePreviewParams = { customer: change.customerId }
    if (change.of === 'new') {
      params.subscription_details = {
        items: itemParams(change.items),
        ...(change.trialEnd !== undefined && { trial_end: epoch(change.trialEnd) }),
      }
    } else {
      params.subscription = change.subscriptionId
      if (change.of === 'existing') params.subscription_details = changeParams(change)
    }
    const invoice = await answered(client.invoices.createPreview(params))
    const prorationAt = invoice.parent?.subscription_details?.subscription_proration_date
    return {
      currency: invoice.currency,
      total: invoice.total,
      amountDue: invoice.amount_due,
      lines: invoice.lines.data.map(toLine),
      periodStart: isoTime(invoice.period_start),
      periodEnd: isoTime(invoice.period_end),
      prorationAt: prorationAt === undefined ? null : isoTime(prorationAt),
    }
  },

  async listPaymentMethods(customerId) {
    const methods: Stripe.PaymentMethod[] = []
    const all = client.customers.listPaymentMethods(customerId, { limit: pageSize })
    await answered(all.autoPagingEach((method) => void methods.push(method)))
    return methods.map(toPaymentMethod)
  },

  async listInvoices(customerId, after) {
    const page = await answered(client.invoices.list({ customer: customerId, ...paging(after) }))
    return { items: page.data.map(toInvoice), next: nextOf(page) }
  },

  retrieve: (type, id) => orNull(retrieve(client, type, id)),

  async findByKey(operation, key, { customerId, since }) {
    let found: GatewayObject | null = null
    const customer = customerId === undefined ? {} : { customer: customerId }
    const made = madeBy(client, operation, {
      created: { gte: epoch(since) },
      limit: pageSize,
      ...(operation !== 'createCustomer' && customer),
    })
    await answered(
      made.autoPagingEach((object) => {
        if (keyOf(object) !== key) return true
        found = objectOf(object)
        return false
      }),
    )
    return found
  },

  async listEvents(since, after) {
    const created = { gte: epoch(since) }
    const page = await answered(client.events.list({ created, ...paging(after) }))
    // The client adds what is no part of the event; what is stored is what a webhook would have brought.
    const events = page.data.map((event) => eventOf(JSON.parse(JSON.stringify(event))))
    return { items: events.filter((event) => event !== null), next: nextOf(page) }
  },

  async listSubscriptions(after) {
    const page = await answered(client.subscriptions.list(paging(after)))
    return {
      items: page.data.map((value) => ({ type: 'subscription', value: toSubscription(value) })),
      next: nextOf(page),
    }
  },
})

const paging = (after?: string) => ({
  limit: pageSize,
  ...(after !== undefined && { starting_after: after }),
})

const nextOf = (page: { readonly has_more: boolean; readonly data: readonly { readonly id: string }[] }) =>
  page.has_more ? (page.data.at(-1)?.id ?? null) : null

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'gateway/not-found') return null
    throw error
  }
}

async function retrieve(client: Stripe, type: GatewayObject['type'], id: string): Promise<GatewayObject> {
  switch (type) {
    case 'subscription':
      return { type, value: toSubscription(await answered(client.subscriptions.retrieve(id))) }
    case 'invoice':
      return { type, value: toInvoice(await answered(client.invoices.retrieve(id))) }
    case 'customer':
      return { type, value: toCustomer(await answered(client.customers.retrieve(id))) }
    case 'payment_method':
      return { type, value: toPaymentMethod(await answered(client.paymentMethods.retrieve(id))) }
    case 'checkout':
      return { type, value: toCheckout(await answered(client.checkout.sessions.retrieve(id))) }
  }
}

type Made = Stripe.Customer | Stripe.Subscription | Stripe.Checkout.Session

interface MadeParams {
  readonly created: { readonly gte: number }
  readonly limit: number
  readonly customer?: string
}

interface MadeList {
  autoPagingEach(visit: (object: Made) => boolean): Promise<void>
}

/** Lists, not the search: that one lags behind. */
function madeBy(client: Stripe, operation: KeyedOperation, params: MadeParams): MadeList {
  switch (operation) {
    case 'createCustomer':
      return client.customers.list(params)
    case 'startSubscription':
      return client.subscriptions.list({ ...params, status: 'all' })
    case 'createCheckout':
      return client.checkout.sessions.list(params)
  }
}

function objectOf(object: Made): GatewayObject {
  switch (object.object) {
    case 'customer':
      return { type: 'customer', value: toCustomer(object) }
    case 'subscription':
      return { type: 'subscription', value: toSubscription(object) }
    case 'checkout.session':
      return { type: 'checkout', value: toCheckout(object) }
  }
}
