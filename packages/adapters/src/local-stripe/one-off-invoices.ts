import type { Stripe } from 'stripe'
import { refused } from './api-error.ts'
import { day } from './calendar.ts'
import type { Params } from './form.ts'
import { finalized, invoiceOf, subscriptionIdOf } from './invoices.ts'
import { refId, type World } from './world.ts'

/** Decimals are objects in the client and text on the wire, and this is the wire. */
const wire = (decimal: string): Stripe.Decimal => decimal as unknown as Stripe.Decimal

/** Something to be paid for beside subscriptions; waits for the next invoice that takes it. */
export function createInvoiceItem(world: World, params: Params): Stripe.InvoiceItem {
  const amount = params.int('amount')
  if (amount === undefined) throw refused('One of amount and pricing is needed.', 'amount')
  const now = world.now()
  const item = world.put<'invoiceitem'>({
    id: world.newId('ii'),
    object: 'invoiceitem',
    amount,
    currency: params.text('currency') ?? 'usd',
    customer: world.get('customer', params.required('customer'), 'customer').id,
    customer_account: null,
    date: now,
    description: params.text('description') ?? null,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: params.metadata(),
    parent: null,
    period: { start: now, end: now },
    pricing: null,
    proration: false,
    quantity: 1,
    quantity_decimal: wire('1'),
    tax_rates: [],
    test_clock: null,
  })
  world.emit('invoiceitem.created', item)
  return item
}

/** A draft that nobody finalizes by itself. */
export function createInvoice(world: World, params: Params): Stripe.Invoice {
  const customer = world.get('customer', params.required('customer'), 'customer').id
  const isTaken = params.text('pending_invoice_items_behavior') === 'include'
  const items = world
    .all('invoiceitem')
    .filter((item) => isTaken && item.invoice === null && refId(item.customer) === customer)
  const currency = params.text('currency') ?? items[0]?.currency ?? 'usd'
  const now = world.now()
  const days = params.int('days_until_due')
  const method = params.text('collection_method') ?? 'charge_automatically'
  if (method === 'send_invoice' && days === undefined)
    throw refused('If the invoice is sent, days_until_due or due_date is needed.', 'days_until_due')
  const draft = { reason: 'manual', lines: items.map(lineOf), periodStart: now, periodEnd: now }
  const invoice = world.put<'invoice'>({
    ...invoiceOf(world, { id: null, customer, currency, metadata: {} }, draft, world.newId('in')),
    auto_advance: false,
    collection_method: method,
    description: params.text('description') ?? null,
    due_date: days === undefined ? null : now + days * day,
    metadata: params.metadata(),
    parent: null,
  })
  for (const item of items) world.put<'invoiceitem'>({ ...item, invoice: invoice.id })
  world.emit('invoice.created', invoice)
  return invoice
}

const lineOf = (item: Stripe.InvoiceItem): Stripe.InvoiceLineItem => ({
  id: item.id.replace('ii_', 'il_'),
  object: 'line_item',
  amount: item.amount,
  currency: item.currency,
  description: item.description,
  discount_amounts: [],
  discountable: true,
  discounts: [],
  invoice: null,
  livemode: false,
  metadata: item.metadata ?? {},
  parent: {
    invoice_item_details: {
      invoice_item: item.id,
      proration: false,
      proration_details: null,
      subscription: null,
    },
    subscription_item_details: null,
    type: 'invoice_item_details',
  },
  period: item.period,
  pretax_credit_amounts: [],
  pricing: null,
  quantity: item.quantity,
  quantity_decimal: item.quantity_decimal,
  subscription: null,
  subtotal: item.amount,
  taxes: [],
})

export function updateInvoice(world: World, params: Params, id: string): Stripe.Invoice {
  const invoice = world.get('invoice', id)
  return world.change<'invoice'>('invoice.updated', invoice, {
    description: params.text('description') ?? invoice.description,
    metadata: params.metadata(invoice.metadata ?? {}),
  })
}

export function sendInvoice(world: World, id: string): Stripe.Invoice {
  const invoice = world.get('invoice', id)
  const open = invoice.status === 'draft' ? finalized(world, invoice) : invoice
  world.emit('invoice.sent', open)
  return open
}

/** Only a draft of nothing that is subscribed to: all others are voided. */
export function deleteInvoice(world: World, id: string): Stripe.DeletedInvoice {
  const invoice = world.get('invoice', id)
  if (invoice.status !== 'draft' || subscriptionIdOf(invoice) !== null)
    throw refused('You can only delete draft invoices that are for no subscription.', 'invoice')
  world.remove(invoice)
  world.emit('invoice.deleted', invoice)
  return { id, object: 'invoice', deleted: true }
}

export function markUncollectible(world: World, id: string): Stripe.Invoice {
  const invoice = world.get('invoice', id)
  if (invoice.status !== 'open') throw refused(`The invoice is ${invoice.status}.`, 'invoice')
  const after = world.put<'invoice'>({
    ...invoice,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: world.now() },
  })
  world.emit('invoice.marked_uncollectible', after)
  return after
}
