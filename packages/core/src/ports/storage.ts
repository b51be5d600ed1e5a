import type { PortAdapter } from './adapter.ts'
import type { DeliveryStore } from './delivery-store.ts'
import type { IdempotencyStore } from './idempotency-store.ts'
import type { JobRecorder, JobStore } from './job-store.ts'
import type { EventRecorder, Outbox } from './outbox.ts'

/** The transaction's own connection, for an adapter that keeps tables of its own in the same database. */
export interface SqlConnection {
  /** Runs one statement with `$1`, `$2` … as parameters. */
  query(sql: string, parameters: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

export interface StorageTransaction<Repositories> {
  readonly repositories: Repositories
  readonly events: EventRecorder
  /** Into the storage's own jobs, which `Storage.jobs` gives out. */
  readonly jobs: JobRecorder
  /** Absent where there is no SQL. */
  readonly connection?: SqlConnection
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
  readonly jobs: JobStore
  readonly deliveries: DeliveryStore
  readonly idempotency: IdempotencyStore
  /** Runs `work` in one transaction: everything that it wrote and recorded through its scope, or nothing when it throws. */
  transaction<T>(work: (tx: StorageTransaction<Repositories>) => Promise<T>): Promise<T>
  check(): Promise<void>
}
