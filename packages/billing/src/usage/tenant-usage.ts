import type { UsageContributor } from '@corbel/core'
import type { UsageRepository } from '../ports/usage-repository.ts'

/** What was reported of each feature. */
export const tenantUsage = (usage: UsageRepository): UsageContributor => ({
  usageOf: async (tenantId, span) =>
    (await usage.totals(tenantId, span)).map(({ featureKey, quantity }) => ({
      key: `billing.${featureKey}`,
      quantity,
      counted: 'period',
    })),
})
