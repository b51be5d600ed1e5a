import { BillingErrors } from '../billing-errors.ts'
import type { GatewaySubscription } from '../gateway/gateway-objects.ts'

/** Days of the trial: one for each tenant, whichever way it came to it. @throws `billing/trial-used` when another is asked for. */
export function trialFor(
  offered: number,
  all: readonly GatewaySubscription[],
  asked: number | undefined,
): number {
  const isUsed = all.some(({ trialEnd }) => trialEnd !== null)
  if (isUsed && (asked ?? 0) > 0) throw BillingErrors.trialUsed()
  return isUsed ? 0 : Math.min(offered, asked ?? offered)
}
