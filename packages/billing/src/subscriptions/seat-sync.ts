import type { Id, Transaction } from '@corbel/core'
import type { JobRecorder } from '@corbel/core/ports'
import { BillingJobs } from '../billing-jobs.ts'
import type { SubscriptionService } from './subscription-service.ts'

export interface SeatSyncDeps {
  /** Null while billing is switched off. */
  readonly gateway: object | null
  readonly subscriptions: Pick<SubscriptionService, 'fitSeats'>
  readonly transaction: Transaction<{ readonly jobs: JobRecorder }>
}

/**
 * Has tenants pay for the members that they have. What happens to members is only a hint: however many come and go, whoever gets
 * round to it counts them anew, so that many changes are few calls, or one.
 */
export class SeatSync {
  readonly #deps: SeatSyncDeps

  constructor(deps: SeatSyncDeps) {
    this.#deps = deps
  }

  async enqueue(tenantId: Id<'ten'> | null): Promise<void> {
    const { gateway, transaction } = this.#deps
    if (gateway === null || tenantId === null) return
    // One that waits counts after all of them; one under way may have counted before, so another one waits behind it.
    const job = BillingJobs.seats.of(tenantId, {}, { singletonKey: 'seats' })
    await transaction(({ jobs }) => jobs.enqueue(job))
  }

  /** @throws what the gateway throws, to be tried again. */
  run(tenantId: Id<'ten'>): Promise<void> {
    return this.#deps.subscriptions.fitSeats({ tenantId })
  }
}
