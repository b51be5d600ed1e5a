import type { PortAdapter } from './adapter.ts'
import type { IdempotencyStore } from './idempotency-store.ts'
import type { EventRecorder, Outbox } from './outbox.ts'

export interface StorageTransaction<Repositories> {
  readonly repositories: Repositories
  readonly events: EventRecorder
}

/**
 * Durable state. One implementation serves every module, so one transaction can span all of them.
 *
 * What `transaction` resolved for survives a crash of the process; what it rejected for has left nothing.
 *
 * @typeParam Repositories - Repositories by module name.
 */
export interface Storage<Repositories> extends PortAdapter {
  readonly repositories: Repositories
  readonly outbox: Outbox
  readonly idempotency: IdempotencyStore
  /** Runs `work` in one transaction: everything that it wrote and recorded through its scope, or nothing when it throws. */
  transaction<T>(work: (tx: StorageTransaction<Repositories>) => Promise<T>): Promise<T>
  check(): Promise<void>
}
