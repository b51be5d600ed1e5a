import type { Stripe } from 'stripe'
import { ApiError, refused } from './api-error.ts'
import { day } from './calendar.ts'
import { charge } from './customers.ts'
import type { Params } from './form.ts'
import { finalized, subscriptionIdOf, voided } from './invoices.ts'
import { itemList } from './subscription-items.ts'
import { refId, type World } from './world.ts'

/** Days between the attempts; after the last one the subscription is canceled. */
const retryAfterDays = [3, 5, 7]

/** What somebody asks for at once; a draft is finalized first. */
export function pay(world: World, params: Params, id: string): Stripe.Invoice {
  const invoice = world.get('invoice', id)
  const open = invoice.status === 'draft' ? finalized(world, invoice) : invoice
  return collect(world, open, params.text('payment_method'))
}

/** Tries to have an open invoice paid, and does to the subscription what follows. */
export function collect(world: World, invoice: Stripe.Invoice, paymentMethod?: string): Stripe.Invoice {
  if (invoice.status !== 'open') throw refused(`The invoice is ${invoice.status}.`, 'invoice')
  const method = paymentMethod ?? methodOf(world, invoice)
  try {
    if (invoice.amount_due > 0) {
      if (method === null)
        throw refused(
          'This customer has no attached payment source or default payment method.',
          undefined,
          'resource_missing',
        )
      charge(world, method)
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return failed(world, invoice)
  }
  return paid(world, invoice)
}

export function methodOf(world: World, invoice: Pick<Stripe.Invoice, 'customer' | 'parent'>): string | null {
  const id = invoice.parent?.subscription_details?.subscription
  const subscription = typeof id === 'string' ? world.find('subscription', id) : undefined
  const customer = world.get('customer', refId(invoice.customer))
  const method =
    subscription?.default_payment_method ?? customer.invoice_settings.default_payment_method ?? null
  return method === null ? null : refId(method)
}

function paid(world: World, invoice: Stripe.Invoice): Stripe.Invoice {
  const after = world.change<'invoice'>(null, invoice, {
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: invoice.amount_due === 0 ? invoice.attempt_count : invoice.attempt_count + 1,
    attempted: true,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: world.now() },
  })
  world.emit('invoice.paid', after)
  world.emit('invoice.payment_succeeded', after)
  const subscription = subscriptionOf(world, invoice)
  if (subscription === undefined || subscription.ended_at !== null) return after
  if (subscription.pending_update !== null && subscription.latest_invoice === invoice.id) {
    const items = subscription.pending_update.subscription_items ?? subscription.items.data
    const applied = world.change<'subscription'>('customer.subscription.updated', subscription, {
      items: itemList(subscription.id, items),
      pending_update: null,
    })
    world.emit('customer.subscription.pending_update_applied', applied)
  } else if (['incomplete', 'past_due', 'unpaid'].includes(subscription.status))
    world.change<'subscription'>('customer.subscription.updated', subscription, { status: 'active' })
  return after
}

function failed(world: World, invoice: Stripe.Invoice): Stripe.Invoice {
  const subscription = subscriptionOf(world, invoice)
  // A first payment and an upgrade wait for somebody to pay; only renewals are tried again.
  const isRenewal = invoice.billing_reason === 'subscription_cycle'
  const wait = isRenewal ? retryAfterDays[invoice.attempt_count] : undefined
  const after = world.change<'invoice'>(null, invoice, {
    attempt_count: invoice.attempt_count + 1,
    attempted: true,
    next_payment_attempt: wait === undefined ? null : world.now() + wait * day,
  })
  world.emit('invoice.payment_failed', after)
  world.emit('invoice.updated', after)
  if (subscription === undefined || !isRenewal || subscription.ended_at !== null) return after
  if (wait === undefined) endSubscription(world, subscription, 'payment_failed')
  else if (subscription.status !== 'past_due')
    world.change<'subscription'>('customer.subscription.updated', subscription, { status: 'past_due' })
  return after
}

export function endSubscription(
  world: World,
  subscription: Stripe.Subscription,
  reason: 'cancellation_requested' | 'payment_failed',
): Stripe.Subscription {
  const ended = world.put<'subscription'>({
    ...subscription,
    canceled_at: subscription.canceled_at ?? world.now(),
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason,
    },
    ended_at: world.now(),
    pending_update: null,
    schedule: null,
    status: 'canceled',
  })
  world.emit('customer.subscription.deleted', ended)
  for (const invoice of world.all('invoice'))
    if (invoice.status === 'draft' && subscriptionIdOf(invoice) === subscription.id) voided(world, invoice)
  return ended
}

const subscriptionOf = (world: World, invoice: Stripe.Invoice): Stripe.Subscription | undefined =>
  world.find('subscription', subscriptionIdOf(invoice) ?? '')
