import type { Stripe } from 'stripe'
import { refused } from './api-error.ts'
import { day, hour, periodEndAfter } from './calendar.ts'
import type { Params } from './form.ts'
import { draftInvoice, finalized } from './invoices.ts'
import { periodLines, prorationLines } from './lines.ts'
import { collect, endSubscription } from './payments.ts'
import { changedItems, itemList, newItem, type Period, rhythmOf } from './subscription-items.ts'
import { refId, type World } from './world.ts'

export interface Start {
  readonly id: string
  readonly items: Stripe.SubscriptionItem[]
  readonly trialEnd: number | null
  readonly period: Period
}

/** The items and the first period of a subscription that begins now. */
export function startOf(world: World, params: Params, lines: readonly Params[]): Start {
  const now = world.now()
  const id = world.newId('sub')
  const days = params.int('trial_period_days')
  const end = params.text('trial_end') === 'now' ? undefined : params.int('trial_end')
  const trialEnd = end ?? (days === undefined ? null : now + days * day)
  if (trialEnd !== null && trialEnd <= now)
    throw refused('Invalid timestamp: must be in the future', 'trial_end')
  if (lines.length === 0) throw refused('Missing required param: items.', 'items', 'parameter_missing')
  const draft = lines.map((line) => newItem(world, line, id, { start: now, end: now }))
  const { interval, length } = rhythmOf(draft)
  const period = { start: now, end: trialEnd ?? periodEndAfter(now, interval, length, now) }
  const items = draft.map((item) => ({
    ...item,
    current_period_start: period.start,
    current_period_end: period.end,
  }))
  return { id, items, trialEnd, period }
}

export function createSubscription(
  world: World,
  params: Params,
  lines: readonly Params[] = params.list('items'),
): Stripe.Subscription {
  const customer = world.get('customer', params.required('customer'), 'customer')
  const { id, items, trialEnd, period } = startOf(world, params, lines)
  const isTrial = trialEnd !== null
  const method = params.text('default_payment_method') ?? null
  const missing = params.inner('trial_settings').inner('end_behavior').text('missing_payment_method')
  const subscription = world.put<'subscription'>({
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: trialEnd ?? period.start,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: params.flag('cancel_at_period_end') ?? false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: period.start,
    currency: items[0]?.price.currency ?? 'usd',
    customer: customer.id,
    customer_account: null,
    days_until_due: null,
    default_payment_method:
      method === null ? null : world.get('payment_method', method, 'default_payment_method').id,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: itemList(id, items),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: params.metadata(),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: period.start,
    status: isTrial ? 'trialing' : 'incomplete',
    test_clock: null,
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: missing ?? 'create_invoice' },
    },
    trial_start: isTrial ? period.start : null,
  })
  firstInvoice(world, subscription, period, params.text('payment_behavior'))
  return world.get('subscription', id)
}

function firstInvoice(
  world: World,
  subscription: Stripe.Subscription,
  period: Period,
  paymentBehavior = 'allow_incomplete',
): void {
  const isTrial = subscription.trial_end !== null
  const customer = world.get('customer', refId(subscription.customer))
  const method = subscription.default_payment_method ?? customer.invoice_settings.default_payment_method
  const lines = periodLines(world, subscription.id, subscription.items.data, isTrial)
  const due = lines.reduce((sum, { amount }) => sum + amount, 0)
  if (due > 0 && method === null && paymentBehavior !== 'default_incomplete')
    throw refused(
      'This customer has no attached payment source or default payment method.',
      undefined,
      'resource_missing',
    )
  world.emit('customer.subscription.created', subscription)
  const invoice = finalized(
    world,
    draftInvoice(world, subscription, {
      reason: 'subscription_create',
      lines,
      periodStart: period.start,
      periodEnd: period.start,
    }),
  )
  if (due === 0 || paymentBehavior !== 'default_incomplete') collect(world, invoice)
}

export function updateSubscription(world: World, params: Params, id: string): Stripe.Subscription {
  const before = world.get('subscription', id)
  if (before.ended_at !== null)
    throw refused('A canceled subscription can only update its cancellation_details and metadata.', 'id')
  if (params.has('items') && before.schedule !== null)
    throw refused('The subscription is managed by a subscription schedule.', 'items')
  const change: Partial<Stripe.Subscription> = {
    metadata: params.metadata(before.metadata),
    ...cancellation(world, params, before),
  }
  const method = params.text('default_payment_method')
  if (method !== undefined)
    change.default_payment_method = world.get('payment_method', method, 'default_payment_method').id
  const changed = world.change<'subscription'>(
    params.has('items') ? null : 'customer.subscription.updated',
    before,
    change,
  )
  if (params.text('trial_end') === 'now' && changed.status === 'trialing') return endTrialNow(world, changed)
  return params.has('items') ? changeItems(world, params, before, changed) : changed
}

function endTrialNow(world: World, subscription: Stripe.Subscription): Stripe.Subscription {
  const now = world.now()
  return world.change<'subscription'>('customer.subscription.updated', subscription, {
    trial_end: now,
    billing_cycle_anchor: now,
    items: itemList(
      subscription.id,
      subscription.items.data.map((item) => ({ ...item, current_period_end: now })),
    ),
  })
}

function cancellation(
  world: World,
  params: Params,
  before: Stripe.Subscription,
): Partial<Stripe.Subscription> {
  if (params.has('cancel_at') && params.has('cancel_at_period_end'))
    throw refused('Only one of cancel_at and cancel_at_period_end can be given.', 'cancel_at')
  const flag = params.flag('cancel_at_period_end')
  if (flag !== undefined) {
    if (flag === before.cancel_at_period_end) return {}
    const end = before.items.data[0]?.current_period_end ?? world.now()
    return flag
      ? { cancel_at_period_end: true, cancel_at: end, canceled_at: world.now() }
      : { cancel_at_period_end: false, cancel_at: null, canceled_at: null }
  }
  if (!params.has('cancel_at')) return {}
  const at = params.int('cancel_at') ?? null
  return { cancel_at: at, cancel_at_period_end: false, canceled_at: at === null ? null : world.now() }
}

export interface ItemChange {
  readonly items: readonly Stripe.SubscriptionItem[]
  readonly lines: readonly Stripe.InvoiceLineItem[]
  readonly at: number
  /** Another interval begins a period of its own and is paid for at once. */
  readonly startsAnew: boolean
}

/** What another set of items means for the period that is running; changes nothing. */
export function itemChange(world: World, params: Params, before: Stripe.Subscription): ItemChange {
  const [first] = before.items.data
  const at = params.int('proration_date') ?? world.now()
  const period = { start: first?.current_period_start ?? at, end: first?.current_period_end ?? at }
  if (at < period.start || at > period.end)
    throw refused('The proration date lies outside the current period.', 'proration_date')
  const items = changedItems(world, params.list('items'), before.id, before.items.data, period)
  const old = rhythmOf(before.items.data)
  const rhythm = rhythmOf(items)
  const isTrial = before.status === 'trialing'
  const startsAnew = !isTrial && (old.interval !== rhythm.interval || old.length !== rhythm.length)
  const prorates = !isTrial && params.text('proration_behavior') !== 'none'
  if (!startsAnew)
    return {
      items,
      at,
      startsAnew,
      lines: prorates ? prorationLines(world, before.id, before.items.data, items, at) : [],
    }
  const now = world.now()
  const end = periodEndAfter(now, rhythm.interval, rhythm.length, now)
  const fresh = items.map((item) => ({ ...item, current_period_start: now, current_period_end: end }))
  const credit = prorates ? prorationLines(world, before.id, before.items.data, [], at) : []
  return { items: fresh, at, startsAnew, lines: [...credit, ...periodLines(world, before.id, fresh)] }
}

function changeItems(
  world: World,
  params: Params,
  before: Stripe.Subscription,
  changed: Stripe.Subscription,
): Stripe.Subscription {
  const { items, lines, at, startsAnew } = itemChange(world, params, before)
  const invoices = lines.length > 0 && (startsAnew || params.text('proration_behavior') === 'always_invoice')
  const waits = params.text('payment_behavior') === 'pending_if_incomplete'
  const applied = {
    items: itemList(before.id, items),
    ...(startsAnew && { billing_cycle_anchor: world.now() }),
  }
  if (!invoices) {
    if (lines.length > 0)
      world.state.pendingLines[before.id] = [...(world.state.pendingLines[before.id] ?? []), ...lines]
    return world.change<'subscription'>('customer.subscription.updated', before, { ...changed, ...applied })
  }
  if (!waits)
    world.change<'subscription'>('customer.subscription.updated', before, { ...changed, ...applied })
  const draft = draftInvoice(world, before, {
    reason: 'subscription_update',
    lines,
    periodStart: world.now(),
    periodEnd: world.now(),
    prorationAt: at,
  })
  const invoice = collect(world, finalized(world, draft))
  if (!waits) return world.get('subscription', before.id)
  const current = world.get('subscription', before.id)
  if (invoice.status === 'paid')
    return world.change<'subscription'>('customer.subscription.updated', before, { ...current, ...applied })
  return world.change<'subscription'>('customer.subscription.updated', before, {
    ...current,
    pending_update: {
      billing_cycle_anchor: null,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: world.now() + 23 * hour,
      metadata: null,
      subscription_items: [...items],
      trial_end: null,
      trial_from_plan: null,
    },
  })
}

export function cancelSubscription(world: World, id: string): Stripe.Subscription {
  const subscription = world.get('subscription', id)
  if (subscription.ended_at !== null) throw refused(`No such subscription: '${id}'`, 'id', 'resource_missing')
  return endSubscription(world, subscription, 'cancellation_requested')
}

export function resumeSubscription(world: World, id: string): Stripe.Subscription {
  const subscription = world.get('subscription', id)
  if (subscription.status !== 'paused') throw refused('Only a paused subscription can be resumed.', 'id')
  const now = world.now()
  const { interval, length } = rhythmOf(subscription.items.data)
  const end = periodEndAfter(now, interval, length, now)
  const items = subscription.items.data.map((item) => ({
    ...item,
    current_period_start: now,
    current_period_end: end,
  }))
  const resumed = world.put<'subscription'>({
    ...subscription,
    billing_cycle_anchor: now,
    items: itemList(id, items),
    status: 'active',
  })
  world.emit('customer.subscription.resumed', resumed)
  world.emit('customer.subscription.updated', resumed, { status: 'paused' })
  const draft = draftInvoice(world, resumed, {
    reason: 'subscription_cycle',
    lines: periodLines(world, id, items),
    periodStart: now,
    periodEnd: now,
  })
  collect(world, finalized(world, draft))
  return world.get('subscription', id)
}

/** Ends what the customer subscribes to, and collects nothing more. */
export function deleteCustomer(world: World, id: string): Stripe.DeletedCustomer {
  const customer = world.get('customer', id)
  for (const subscription of world.all('subscription'))
    if (refId(subscription.customer) === id && subscription.ended_at === null)
      cancelSubscription(world, subscription.id)
  for (const invoice of world.all('invoice'))
    if (refId(invoice.customer) === id)
      world.put<'invoice'>({
        ...invoice,
        auto_advance: false,
        automatically_finalizes_at: null,
        next_payment_attempt: null,
      })
  world.remove(customer)
  world.once(`deleted:${id}`)
  world.emit('customer.deleted', customer)
  return { id, object: 'customer', deleted: true }
}
