import type { InboxRepository } from './inbox-repository.ts'

/** What the module keeps, by noun. */
export interface BillingRepositories {
  readonly inbox: InboxRepository
}
