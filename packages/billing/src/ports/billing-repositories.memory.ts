import type { BillingRepositories } from './billing-repositories.ts'
import type { BillingTables } from './billing-tables.memory.ts'
import { memoryCommandRepository } from './command-repository.memory.ts'
import { memoryCustomerRepository } from './customer-repository.memory.ts'
import { memoryInboxRepository } from './inbox-repository.memory.ts'
import { memoryProjectionRepository } from './projection-repository.memory.ts'
import { memoryQuotaStore } from './quota-store.memory.ts'
import { memoryReconciliationRepository } from './reconciliation-repository.memory.ts'
import { memoryUsageRepository } from './usage-repository.memory.ts'

/** Reference implementation: what a conforming one does, without a database. Every verb is one turn of the event loop. */
export const memoryBillingRepositories = (tables: BillingTables): BillingRepositories => ({
  inbox: memoryInboxRepository(tables),
  commands: memoryCommandRepository(tables),
  customers: memoryCustomerRepository(tables),
  projections: memoryProjectionRepository(tables),
  usage: memoryUsageRepository(tables),
  quotas: memoryQuotaStore(tables),
  reconciliations: memoryReconciliationRepository(tables),
})
