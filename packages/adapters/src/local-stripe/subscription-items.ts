import type { Stripe } from 'stripe'
import { missing, refused } from './api-error.ts'
import type { Params } from './form.ts'
import type { World } from './world.ts'

type Item = Stripe.SubscriptionItem

export interface Period {
  readonly start: number
  readonly end: number
}

export function newItem(
  world: World,
  params: Params,
  subscriptionId: string,
  period: Period,
  before?: Item,
): Item {
  const priceId = params.text('price') ?? before?.price.id
  if (priceId === undefined)
    throw refused('Missing required param: items[price].', 'items', 'parameter_missing')
  const price = world.get('price', priceId, 'items[price]')
  if (!price.active && before?.price.id !== price.id)
    throw refused(`The price specified is inactive: ${price.id}.`, 'items[price]')
  if (price.recurring === null) throw refused(`The price ${price.id} is not recurring.`, 'items[price]')
  const metered = price.recurring.usage_type === 'metered'
  const quantity = params.int('quantity') ?? before?.quantity ?? 1
  if (metered && params.has('quantity')) throw refused('A metered price has no quantity.', 'items[quantity]')
  if (quantity < 0) throw refused('Invalid integer: a quantity is not below 0.', 'items[quantity]')
  return {
    id: before?.id ?? world.newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: before?.created ?? world.now(),
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: params.metadata(before?.metadata),
    plan: planOf(price),
    price,
    ...(!metered && { quantity }),
    subscription: subscriptionId,
    tax_rates: [],
  }
}

/** The items as `items[]` of an update wants them: what it does not name stays. */
export function changedItems(
  world: World,
  changes: readonly Params[],
  subscriptionId: string,
  before: readonly Item[],
  period: Period,
): Item[] {
  const items = new Map(before.map((item) => [item.id, item]))
  for (const change of changes) {
    const id = change.text('id')
    const item = id === undefined ? undefined : items.get(id)
    if (id !== undefined && item === undefined) throw missing('subscription item', id, 'items[id]')
    if (change.flag('deleted') === true && id !== undefined) items.delete(id)
    else {
      const next = newItem(world, change, subscriptionId, period, item)
      const twice = [...items.values()].some((each) => each.id !== next.id && each.price.id === next.price.id)
      if (twice)
        throw refused(`Cannot add multiple subscription items with the same price: ${next.price.id}`, 'items')
      items.set(next.id, next)
    }
  }
  if (items.size === 0) throw refused('A subscription must have at least one item.', 'items')
  return [...items.values()]
}

export const itemList = (subscriptionId: string, items: readonly Item[]): Stripe.Subscription['items'] => ({
  object: 'list',
  data: [...items],
  has_more: false,
  url: `/v1/subscription_items?subscription=${subscriptionId}`,
})

/** All prices of one subscription renew at the same moments here. */
export function rhythmOf(items: readonly Item[]): { readonly interval: string; readonly length: number } {
  const [first, ...others] = items.map(({ price }) => price.recurring)
  const interval = first?.interval ?? 'month'
  const length = first?.interval_count ?? 1
  if (others.some((other) => other?.interval !== interval || other.interval_count !== length))
    throw refused('The prices of a subscription must have the same interval.', 'items')
  return { interval, length }
}

/** The old name of a price, which every item still carries. */
const planOf = (price: Stripe.Price): Stripe.Plan => ({
  id: price.id,
  object: 'plan',
  active: price.active,
  amount: price.unit_amount,
  amount_decimal: price.unit_amount_decimal,
  billing_scheme: price.billing_scheme,
  created: price.created,
  currency: price.currency,
  interval: price.recurring?.interval ?? 'month',
  interval_count: price.recurring?.interval_count ?? 1,
  livemode: false,
  metadata: price.metadata,
  meter: price.recurring?.meter ?? null,
  nickname: price.nickname,
  product: price.product,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: price.recurring?.usage_type ?? 'licensed',
})
