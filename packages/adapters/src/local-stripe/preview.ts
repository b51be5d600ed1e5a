import type { Stripe } from 'stripe'
import { refused } from './api-error.ts'
import { periodEndAfter } from './calendar.ts'
import type { Params } from './form.ts'
import { invoiceOf } from './invoices.ts'
import { periodLines } from './lines.ts'
import { rhythmOf } from './subscription-items.ts'
import { itemChange, startOf } from './subscriptions.ts'
import type { World } from './world.ts'

/** The invoice that would come; nothing is kept of it. */
export function previewInvoice(world: World, params: Params): Stripe.Invoice {
  const details = params.inner('subscription_details')
  const id = params.text('subscription')
  if (id === undefined) return previewStart(world, params, details)
  const subscription = world.get('subscription', id, 'subscription')
  if (subscription.ended_at !== null) throw refused('The subscription is canceled.', 'subscription')
  const isChange = details.has('items')
  const change = isChange ? itemChange(world, details, subscription) : undefined
  const items = change?.items ?? subscription.items.data
  const { interval, length } = rhythmOf(items)
  const start = items[0]?.current_period_end ?? world.now()
  const end = periodEndAfter(subscription.billing_cycle_anchor, interval, length, start)
  const next = items.map((item) => ({ ...item, current_period_start: start, current_period_end: end }))
  const atOnce = change?.startsAnew === true || details.text('proration_behavior') === 'always_invoice'
  const lines = atOnce
    ? (change?.lines ?? [])
    : [...(world.state.pendingLines[id] ?? []), ...(change?.lines ?? []), ...periodLines(world, id, next)]
  return invoiceOf(world, subscription, {
    reason: isChange ? 'subscription_update' : 'upcoming',
    lines,
    periodStart: items[0]?.current_period_start ?? start,
    periodEnd: start,
    ...(change !== undefined && { prorationAt: change.at }),
  })
}

function previewStart(world: World, params: Params, details: Params): Stripe.Invoice {
  const customer = world.get('customer', params.required('customer'), 'customer')
  const { id, items, trialEnd, period } = startOf(world, details, details.list('items'))
  const subject = {
    id: null,
    customer: customer.id,
    currency: items[0]?.price.currency ?? 'usd',
    metadata: {},
  }
  return invoiceOf(world, subject, {
    reason: 'subscription_create',
    lines: periodLines(world, id, items, trialEnd !== null),
    periodStart: period.start,
    periodEnd: period.start,
  })
}
