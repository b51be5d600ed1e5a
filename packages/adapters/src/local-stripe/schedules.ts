import type { Stripe } from 'stripe'
import { refused } from './api-error.ts'
import { Params } from './form.ts'
import { itemList, newItem, rhythmOf } from './subscription-items.ts'
import { refId, type World } from './world.ts'
import { periodEndAfter } from './calendar.ts'

type Schedule = Stripe.SubscriptionSchedule
type Phase = Schedule['phases'][number]

export function createSchedule(world: World, params: Params): Schedule {
  const subscription = world.get('subscription', params.required('from_subscription'), 'from_subscription')
  if (subscription.ended_at !== null || subscription.schedule !== null)
    throw refused('You cannot migrate a subscription that has ended or has a schedule.', 'from_subscription')
  const [first] = subscription.items.data
  const start = first?.current_period_start ?? world.now()
  const end = first?.current_period_end ?? world.now()
  const lines = subscription.items.data.map(({ price, quantity }) => ({ price: price.id, quantity }))
  const schedule = world.put<'subscription_schedule'>({
    id: world.newId('sub_sched'),
    object: 'subscription_schedule',
    application: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    canceled_at: null,
    completed_at: null,
    created: world.now(),
    current_phase: { start_date: start, end_date: end },
    customer: subscription.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: 'automatic',
      billing_thresholds: null,
      collection_method: 'charge_automatically',
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: 'self' },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: 'release',
    livemode: false,
    metadata: {},
    pause_schedules: [],
    phases: [phaseOf(subscription.currency, lines, start, end)],
    released_at: null,
    released_subscription: null,
    status: 'active',
    subscription: subscription.id,
    test_clock: null,
  })
  world.emit('subscription_schedule.created', schedule)
  world.change<'subscription'>('customer.subscription.updated', subscription, { schedule: schedule.id })
  return schedule
}

export function updateSchedule(world: World, params: Params, id: string): Schedule {
  const schedule = live(world, id)
  const subscription = world.get('subscription', refId(schedule.subscription))
  let start = schedule.current_phase?.start_date ?? world.now()
  const phases = params.list('phases').map((phase, index) => {
    const items = phase
      .list('items')
      .map((line) => newItem(world, line, subscription.id, { start, end: start }))
    const { interval, length } = rhythmOf(items)
    const from = phase.int('start_date') ?? start
    if (index === 0 && from !== start)
      throw refused('The current phase cannot get another start.', 'phases[0][start_date]')
    const end = phase.int('end_date') ?? periodEndAfter(from, interval, length, from)
    start = end
    return phaseOf(
      subscription.currency,
      items.map(({ price, quantity }) => ({ price: price.id, quantity })),
      from,
      end,
    )
  })
  return world.change<'subscription_schedule'>('subscription_schedule.updated', schedule, {
    ...(phases.length > 0 && { phases }),
    end_behavior: params.text('end_behavior') ?? schedule.end_behavior,
    metadata: params.metadata(schedule.metadata ?? {}),
  })
}

export function releaseSchedule(world: World, id: string): Schedule {
  const schedule = live(world, id)
  const subscription = world.get('subscription', refId(schedule.subscription))
  const released = world.put<'subscription_schedule'>({
    ...schedule,
    current_phase: null,
    released_at: world.now(),
    released_subscription: subscription.id,
    status: 'released',
    subscription: null,
  })
  world.emit('subscription_schedule.released', released)
  world.change<'subscription'>('customer.subscription.updated', subscription, { schedule: null })
  return released
}

/** The items of the phase that begins at the end of this period; the last phase lets the subscription go. */
export function enterNextPhase(world: World, subscription: Stripe.Subscription): Stripe.Subscription {
  if (subscription.schedule === null) return subscription
  const schedule = world.get('subscription_schedule', refId(subscription.schedule))
  const now = world.now()
  const next = schedule.phases.find(({ start_date: start, end_date: end }) => start <= now && now < end)
  const isLast = next === undefined || next === schedule.phases.at(-1)
  let after = subscription
  if (next !== undefined) {
    const period = { start: now, end: now }
    const items = next.items.map(({ price, quantity }, index) => {
      const line = new Params({
        price: refId(price),
        ...(quantity !== undefined && { quantity: String(quantity) }),
      })
      return newItem(world, line, subscription.id, period, subscription.items.data[index])
    })
    after = world.put<'subscription'>({ ...subscription, items: itemList(subscription.id, items) })
    world.put<'subscription_schedule'>({
      ...schedule,
      current_phase: { start_date: next.start_date, end_date: next.end_date },
    })
  }
  if (!isLast || schedule.end_behavior !== 'release') return after
  releaseSchedule(world, schedule.id)
  return world.get('subscription', subscription.id)
}

function live(world: World, id: string): Schedule {
  const schedule = world.get('subscription_schedule', id)
  if (schedule.status !== 'active') throw refused(`The schedule is ${schedule.status}.`, 'id')
  return schedule
}

function phaseOf(
  currency: string,
  items: readonly { readonly price: string; readonly quantity: number | undefined }[],
  start: number,
  end: number,
): Phase {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: end,
    invoice_settings: null,
    items: items.map(({ price, quantity }) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: {},
      plan: price,
      price,
      ...(quantity !== undefined && { quantity }),
      tax_rates: [],
    })),
    metadata: {},
    on_behalf_of: null,
    proration_behavior: 'none',
    start_date: start,
    transfer_data: null,
    trial_end: null,
  }
}
