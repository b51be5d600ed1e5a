import type { PortAdapter } from './adapter.ts'
import type { JobRecorder, JobStore, QueuePolicy } from './job-store.ts'
import type { StorageTransaction } from './storage.ts'

/** Keeps jobs until they are done, at least once each. What it resolved for survives a crash of the process. */
export interface JobQueue extends JobStore, PortAdapter {
  /** Says which queues there are, before anything else is asked of them. Again with other policies: later jobs have those. */
  open(queues: readonly QueuePolicy[]): Promise<void>
  /**
   * Enqueues inside the transaction.
   *
   * @throws Error when the queue cannot take part in transactions of this storage.
   */
  within(tx: StorageTransaction<unknown>): JobRecorder
}
