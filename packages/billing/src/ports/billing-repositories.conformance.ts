import type { Suite } from '@corbel/core/ports'
import { commandRepositoryConformance } from './command-repository.conformance.ts'
import { customerRepositoryConformance } from './customer-repository.conformance.ts'
import { inboxRepositoryConformance } from './inbox-repository.conformance.ts'
import { projectionRepositoryConformance } from './projection-repository.conformance.ts'
import { type BillingStorage, storedTenant } from './samples.conformance.ts'
import { quotaStoreConformance } from './quota-store.conformance.ts'
import { reconciliationRepositoryConformance } from './reconciliation-repository.conformance.ts'
import { usageRepositoryConformance } from './usage-repository.conformance.ts'

/** The law of `BillingRepositories`. `fresh` gives an empty storage for each test. */
export function billingRepositoriesConformance(suite: Suite, fresh: () => Promise<BillingStorage>): void {
  inboxRepositoryConformance(suite, fresh)
  commandRepositoryConformance(suite, fresh)
  customerRepositoryConformance(suite, fresh)
  projectionRepositoryConformance(suite, fresh)
  usageRepositoryConformance(suite, fresh)
  reconciliationRepositoryConformance(suite, fresh)
  quotaStoreConformance(suite, async () => {
    const storage = await fresh()
    const tenants = [await storedTenant(storage), await storedTenant(storage)] as const
    return { quotas: storage.repositories.billing.quotas, tenants }
  })
}
