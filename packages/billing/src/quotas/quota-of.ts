import { DomainError, type Id, type QuotaLimit } from '@corbel/core'
import { BillingErrors } from '../billing-errors.ts'
import type { QuotaService } from './quota-service.ts'

/** What other modules ask before they spend. */
export interface QuotaOf<Use> {
  /** Null when it does not fit, or is not included. */
  reserve(tenantId: Id<'ten'>, most: Use, key?: string): Promise<{ settle(used: Use): Promise<void> } | null>
  /** The limit that leaves nothing to spend; null when something is left. */
  refusal(tenantId: Id<'ten'>): Promise<QuotaLimit | null>
}

const refusals: ReadonlySet<string> = new Set([
  BillingErrors.quotaExceeded.code,
  BillingErrors.featureNotIncluded.code,
])

/** The quota of one feature in the terms of another module: `amountOf` says how much of the feature a use takes, in whole numbers. */
export const quotaOf = <Use>(
  quotas: Pick<QuotaService, 'reserve' | 'refusal'>,
  featureKey: string,
  amountOf: (use: Use) => number,
): QuotaOf<Use> => ({
  refusal: (tenantId) => quotas.refusal(tenantId, featureKey),
  async reserve(tenantId, most, key) {
    try {
      const reservation = await quotas.reserve(tenantId, featureKey, amountOf(most), key)
      return { settle: (used) => reservation.settle(amountOf(used)) }
    } catch (error) {
      if (error instanceof DomainError && refusals.has(error.code)) return null
      throw error
    }
  },
})
