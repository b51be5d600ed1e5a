import type { CommandRepository } from './command-repository.ts'
import type { CustomerRepository } from './customer-repository.ts'
import type { InboxRepository } from './inbox-repository.ts'
import type { ProjectionRepository } from './projection-repository.ts'
import type { QuotaStore } from './quota-store.ts'
import type { ReconciliationRepository } from './reconciliation-repository.ts'
import type { UsageRepository } from './usage-repository.ts'

/** What the module keeps, by noun. */
export interface BillingRepositories {
  readonly inbox: InboxRepository
  readonly commands: CommandRepository
  readonly customers: CustomerRepository
  readonly projections: ProjectionRepository
  readonly usage: UsageRepository
  readonly quotas: QuotaStore
  readonly reconciliations: ReconciliationRepository
}
