import type { Stripe } from 'stripe'
import { multiplied, summed } from './money.ts'
import { refId, type World } from './world.ts'

type Item = Stripe.SubscriptionItem

export const unitAmountOf = ({ price }: Item): string => String(price.unit_amount_decimal ?? '0')

interface LineDraft {
  readonly item: Item
  readonly amount: number
  readonly quantity: number | null
  readonly description: string
  readonly start: number
  readonly end: number
  readonly isProration?: boolean
}

function lineOf(world: World, subscriptionId: string, draft: LineDraft): Stripe.InvoiceLineItem {
  const { item, amount, quantity, isProration = false } = draft
  return {
    id: world.newId('il'),
    object: 'line_item',
    amount,
    currency: item.price.currency,
    description: draft.description,
    discount_amounts: [],
    discountable: !isProration,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: isProration,
        proration_details: { credited_items: null },
        subscription: subscriptionId,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: { start: draft.start, end: draft.end },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: item.price.id, product: refId(item.price.product) },
      type: 'price_details',
      unit_amount_decimal: item.price.unit_amount_decimal,
    },
    quantity,
    quantity_decimal: quantity === null ? null : (String(quantity) as unknown as Stripe.Decimal),
    subscription: subscriptionId,
    subtotal: amount,
    taxes: [],
  }
}

const isMetered = (item: Item): boolean => item.price.recurring?.usage_type === 'metered'

/** What a period of these items costs ahead of it. */
export const periodLines = (world: World, subscriptionId: string, items: readonly Item[], free = false) =>
  items
    .filter((item) => !isMetered(item))
    .map((item) =>
      lineOf(world, subscriptionId, {
        item,
        amount: free ? 0 : multiplied(unitAmountOf(item), String(item.quantity ?? 1)),
        quantity: item.quantity ?? 1,
        description: free
          ? 'Trial'
          : `${item.quantity ?? 1} × ${item.price.nickname ?? item.price.lookup_key ?? item.price.id}`,
        start: item.current_period_start,
        end: item.current_period_end,
      }),
    )

/** What was used in the period that has ended. */
export const usageLines = (world: World, { id, customer, items }: Stripe.Subscription) =>
  items.data.filter(isMetered).map((item) => {
    const meter = world.find('billing.meter', item.price.recurring?.meter ?? '')
    const used = summed(
      world
        .all('billing.meter_event')
        .filter(
          (event) =>
            event.event_name === meter?.event_name &&
            event.payload['stripe_customer_id'] === customer &&
            event.timestamp >= item.current_period_start &&
            event.timestamp < item.current_period_end,
        )
        .map((event) => event.payload['value'] ?? '0'),
    )
    return lineOf(world, id, {
      item,
      amount: multiplied(unitAmountOf(item), used),
      quantity: Number.isInteger(Number(used)) ? Number(used) : null,
      description: `${used} × ${meter?.display_name ?? item.price.id}`,
      start: item.current_period_start,
      end: item.current_period_end,
    })
  })

/** What the rest of the period is worth under other items: credit for the old, charge for the new. */
export function prorationLines(
  world: World,
  subscriptionId: string,
  before: readonly Item[],
  after: readonly Item[],
  at: number,
): Stripe.InvoiceLineItem[] {
  const same = (a: Item, b: Item) => a.id === b.id && a.price.id === b.price.id && a.quantity === b.quantity
  const rest = (item: Item, sign: 1 | -1) => {
    const { current_period_start: start, current_period_end: end } = item
    const whole = multiplied(unitAmountOf(item), String(item.quantity ?? 1))
    // Adding 0 makes a zero of -0.
    const amount = Math.round((sign * whole * Math.max(0, end - at)) / (end - start)) + 0
    return lineOf(world, subscriptionId, {
      item,
      amount,
      quantity: item.quantity ?? 1,
      description: sign < 0 ? `Unused time on ${item.price.id}` : `Remaining time on ${item.price.id}`,
      start: at,
      end,
      isProration: true,
    })
  }
  const charged = (items: readonly Item[]) => items.filter((item) => !isMetered(item))
  return [
    ...charged(before)
      .filter((item) => !after.some((each) => same(item, each)))
      .map((item) => rest(item, -1)),
    ...charged(after)
      .filter((item) => !before.some((each) => same(item, each)))
      .map((item) => rest(item, 1)),
  ]
}
