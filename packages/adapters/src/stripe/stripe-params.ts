import type { GatewayInput } from '@corbel/billing/ports'
import type { Stripe } from 'stripe'
import { epoch } from './stripe-objects.ts'

interface Line {
  readonly id?: string | undefined
  readonly priceId: string
  readonly quantity?: number | undefined
}

export const itemParams = (lines: readonly Line[]) =>
  lines.map(({ id, priceId, quantity }) => ({
    ...(id !== undefined && { id }),
    price: priceId,
    ...(quantity !== undefined && { quantity }),
  }))

const prorations = { 'next-invoice': 'create_prorations', now: 'always_invoice', none: 'none' } as const

/** The same for the preview and for the change itself, so that it costs what was shown. */
export const changeParams = ({
  items,
  removedItems = [],
  proration,
  prorationAt,
}: Omit<GatewayInput<'changeSubscription'>, 'subscriptionId'>) =>
  ({
    items: [...itemParams(items), ...removedItems.map((id) => ({ id, deleted: true }))],
    proration_behavior: prorations[proration],
    ...(prorationAt !== undefined && { proration_date: epoch(prorationAt) }),
  }) satisfies Stripe.SubscriptionUpdateParams
