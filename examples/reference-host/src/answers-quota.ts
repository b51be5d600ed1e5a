import { type Quota, type TokenUse, unlimitedQuota } from '@corbel/agents/ports'
import { type BillingServices, quotaOf } from '@corbel/billing'
import type { Id } from '@corbel/core'

export type SoldAnswers = Pick<BillingServices, 'entitlements' | 'quotas'>

/** A call that came to nothing costs nothing. */
const answersIn = ({ inputTokens, outputTokens }: TokenUse): number =>
  inputTokens + outputTokens > 0 ? 1 : 0

/**
 * Answers of models, as plans sell them: each is one of the `agent-messages` of the tenant. Who has never subscribed to anything is not
 * held to a plan.
 *
 * @param sold - Filled in when the stack is there, which is before anybody asks.
 */
export function answersQuota(sold: { readonly billing?: SoldAnswers }): Quota {
  async function quotaFor(tenantId: Id<'ten'>): Promise<Quota> {
    if (!sold.billing) throw new Error('The stack is not there yet.')
    const { entitlements, quotas } = sold.billing
    const { planCode } = await entitlements.get(tenantId)
    return planCode === null ? unlimitedQuota : quotaOf(quotas, 'agent-messages', answersIn)
  }
  return {
    reserve: async (tenantId, most, key) => (await quotaFor(tenantId)).reserve(tenantId, most, key),
    refusal: async (tenantId) => (await (await quotaFor(tenantId)).refusal?.(tenantId)) ?? null,
  }
}
