import type { Stripe } from 'stripe'
import { day, hour, periodEndAfter } from './calendar.ts'
import { expireCheckout } from './checkout.ts'
import { draftInvoice, finalized, invoiceOf, subscriptionIdOf, voided } from './invoices.ts'
import { periodLines, usageLines } from './lines.ts'
import { collect, endSubscription } from './payments.ts'
import { enterNextPhase } from './schedules.ts'
import { itemList, rhythmOf } from './subscription-items.ts'
import { refId, type World } from './world.ts'

interface Due {
  readonly at: number
  readonly happen: () => void
}

/** Lives through every moment up to now at which something falls due, in their order. */
export function catchUp(world: World): boolean {
  const until = world.now()
  let happened = false
  try {
    for (;;) {
      const next = nextDue(world, until)
      if (next === undefined) return happened
      world.at(next.at)
      next.happen()
      happened = true
    }
  } finally {
    world.at(null)
  }
}

function nextDue(world: World, until: number): Due | undefined {
  let first: Due | undefined
  for (const due of allDue(world))
    if (due.at <= until && (first === undefined || due.at < first.at)) first = due
  return first
}

function* allDue(world: World): Generator<Due> {
  for (const subscription of world.all('subscription'))
    if (subscription.ended_at === null) yield* dueOfSubscription(world, subscription)
  for (const invoice of world.all('invoice')) yield* dueOfInvoice(world, invoice)
  for (const session of world.all('checkout.session'))
    if (session.status === 'open')
      yield { at: session.expires_at, happen: () => void expireCheckout(world, session.id) }
}

const warningDays = 3
const upcomingDays = 7

function* dueOfSubscription(world: World, subscription: Stripe.Subscription): Generator<Due> {
  const { id, status, created, cancel_at: cancelAt, trial_end: trialEnd } = subscription
  const end = periodEndOf(subscription)
  if (cancelAt !== null)
    yield { at: cancelAt, happen: () => endSubscription(world, subscription, 'cancellation_requested') }
  if (status === 'incomplete') yield { at: created + 23 * hour, happen: () => expire(world, subscription) }
  if (subscription.pending_update !== null)
    yield { at: subscription.pending_update.expires_at, happen: () => dropUpdate(world, subscription) }
  if (status === 'trialing' && trialEnd !== null) {
    const mark = `trial_will_end:${id}:${trialEnd}`
    if (world.state.marks[mark] !== true)
      yield {
        // A trial that is shorter than that is announced when it begins.
        at: Math.max(created, trialEnd - warningDays * day),
        happen: () => world.once(mark) && world.emit('customer.subscription.trial_will_end', subscription),
      }
  }
  if (status !== 'trialing' && status !== 'active' && status !== 'past_due') return
  const mark = `upcoming:${id}:${end}`
  if (world.state.marks[mark] !== true && cancelAt === null)
    yield { at: end - upcomingDays * day, happen: () => announce(world, subscription, mark) }
  if (cancelAt === null || cancelAt > end) yield { at: end, happen: () => renew(world, subscription) }
}

function* dueOfInvoice(world: World, invoice: Stripe.Invoice): Generator<Due> {
  if (invoice.status === 'draft' && invoice.automatically_finalizes_at !== null)
    yield {
      at: invoice.automatically_finalizes_at,
      happen: () => collect(world, finalized(world, invoice)),
    }
  if (invoice.status === 'open' && invoice.next_payment_attempt !== null)
    yield { at: invoice.next_payment_attempt, happen: () => collect(world, invoice) }
}

function announce(world: World, subscription: Stripe.Subscription, mark: string): void {
  world.once(mark)
  const { interval, length } = rhythmOf(subscription.items.data)
  const [start, end] = [
    periodEndOf(subscription),
    periodEndAfter(subscription.billing_cycle_anchor, interval, length, periodEndOf(subscription)),
  ]
  const items = subscription.items.data.map((item) => ({
    ...item,
    current_period_start: start,
    current_period_end: end,
  }))
  world.emit(
    'invoice.upcoming',
    invoiceOf(world, subscription, {
      reason: 'upcoming',
      lines: [
        ...(world.state.pendingLines[subscription.id] ?? []),
        ...periodLines(world, subscription.id, items),
      ],
      periodStart: subscription.items.data[0]?.current_period_start ?? start,
      periodEnd: start,
    }),
  )
}

const periodEndOf = (subscription: Stripe.Subscription): number =>
  subscription.items.data[0]?.current_period_end ?? Number.POSITIVE_INFINITY

function expire(world: World, subscription: Stripe.Subscription): void {
  world.change<'subscription'>('customer.subscription.updated', subscription, {
    status: 'incomplete_expired',
    ended_at: world.now(),
  })
  for (const invoice of world.all('invoice'))
    if (invoice.status === 'open' && subscriptionIdOf(invoice) === subscription.id) voided(world, invoice)
}

function dropUpdate(world: World, subscription: Stripe.Subscription): void {
  const invoice = world.find('invoice', refId(subscription.latest_invoice))
  if (invoice?.status === 'open') voided(world, invoice)
  const after = world.change<'subscription'>('customer.subscription.updated', subscription, {
    pending_update: null,
  })
  world.emit('customer.subscription.pending_update_expired', after)
}

/** The end of a trial or of a period: what was used is billed for the past, the rest for what comes. */
function renew(world: World, before: Stripe.Subscription): void {
  const now = world.now()
  const usage = before.status === 'trialing' ? [] : usageLines(world, before)
  const subscription = enterNextPhase(world, before)
  if (before.status === 'trialing' && endsWithoutPayment(world, subscription)) return
  const { interval, length } = rhythmOf(subscription.items.data)
  const end = periodEndAfter(subscription.billing_cycle_anchor, interval, length, now)
  const items = subscription.items.data.map((item) => ({
    ...item,
    current_period_start: now,
    current_period_end: end,
  }))
  const renewed = world.change<'subscription'>('customer.subscription.updated', before, {
    ...subscription,
    items: itemList(subscription.id, items),
    status: before.status === 'trialing' ? 'active' : before.status,
  })
  const pending = world.state.pendingLines[renewed.id] ?? []
  delete world.state.pendingLines[renewed.id]
  draftInvoice(world, renewed, {
    reason: 'subscription_cycle',
    lines: [...pending, ...usage, ...periodLines(world, renewed.id, items)],
    periodStart: before.items.data[0]?.current_period_start ?? now,
    periodEnd: now,
  })
}

/** A trial that nobody is going to pay for ends as its settings say; true when it does not go on. */
function endsWithoutPayment(world: World, subscription: Stripe.Subscription): boolean {
  const customer = world.get('customer', refId(subscription.customer))
  const method = subscription.default_payment_method ?? customer.invoice_settings.default_payment_method
  if (method !== null) return false
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method
  if (behavior === 'cancel') endSubscription(world, subscription, 'cancellation_requested')
  else if (behavior === 'pause') {
    const paused = world.put<'subscription'>({ ...subscription, status: 'paused' })
    world.emit('customer.subscription.paused', paused)
    world.emit('customer.subscription.updated', paused, { status: 'trialing' })
  } else return false
  return true
}
