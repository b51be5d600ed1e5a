import { after } from '@corbel/core'
import type { GatewayInvoice, GatewaySubscription } from '../gateway/gateway-objects.ts'

export interface Standing {
  readonly access: 'full' | 'grace' | 'none'
  readonly graceEndsAt: string | null
}

/**
 * What a subscription opens. Grace begins with the first invoice that was not paid and is still open, by the time of the invoice:
 * neither another attempt nor a look at it later makes it longer.
 */
export function standingOf(
  { id, status }: Pick<GatewaySubscription, 'id' | 'status'>,
  invoices: readonly GatewayInvoice[],
  graceDays: number,
  now: Date,
): Standing {
  if (status === 'active' || status === 'trialing') return { access: 'full', graceEndsAt: null }
  if (status !== 'past_due') return { access: 'none', graceEndsAt: null }
  const [firstFailed] = invoices
    .filter((invoice) => invoice.subscriptionId === id && invoice.status === 'open' && invoice.attempts > 0)
    .map(({ createdAt }) => createdAt)
    .toSorted()
  // The news of the subscription may come before that of its invoice.
  if (firstFailed === undefined) return { access: 'grace', graceEndsAt: null }
  const ends = after(new Date(firstFailed), `${graceDays}d`)
  return { access: now < ends ? 'grace' : 'none', graceEndsAt: ends.toISOString() }
}
