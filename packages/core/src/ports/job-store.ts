import type { Id } from '../kernel/id.ts'

/** Work to be done later, by whichever process works its queue. */
export interface Job<Payload = unknown> {
  /** Names the queue: `<module>.<noun>.<verb>`. */
  readonly name: string
  /** The tenant that it is done for; null for the platform. */
  readonly tenantId: Id<'ten'> | null
  /** Plain JSON, without secrets: it is stored in the clear. */
  readonly payload: Payload
  /** It is not due before. @default at once */
  readonly runAt?: Date
  /** While a job of the same name, tenant and key waits for its first attempt, another one changes nothing. */
  readonly singletonKey?: string
}

/** Writes jobs in the same transaction as the change that calls for them. */
export interface JobRecorder {
  /** Each job exists exactly when the transaction commits, and is done at least once. */
  enqueue(...jobs: readonly Job[]): Promise<void>
}

/** How the jobs of one name are treated. */
export interface QueuePolicy {
  readonly name: string
  /** Attempts until a job is a dead letter, at least 1. An attempt whose lease ran out counts. */
  readonly attempts: number
  /** Least wait after the first failure; it doubles with every further one. Milliseconds, at least 1000, whole seconds. */
  readonly retryMs: number
  /** Longest wait after a failure. Milliseconds, at least `retryMs`, whole seconds. */
  readonly longestRetryMs: number
  /**
   * For how long a job is hidden from others unless it is renewed. Milliseconds, at least 1000, whole seconds; an engine takes the
   * shortest that it can keep when that is longer.
   */
  readonly leaseMs: number
}

/** A job that one caller works on. */
export interface ClaimedJob {
  /** Stays the same over all attempts: handlers are idempotent by it. */
  readonly id: Id<'job'>
  readonly name: string
  readonly tenantId: Id<'ten'> | null
  readonly payload: unknown
  /** Attempts begun, this one included. */
  readonly attempt: number
  /** Proves this claim to the queue; means nothing to others. */
  readonly receipt: string
}

/** A job that was given up. */
export interface DeadJob extends Pick<ClaimedJob, 'id' | 'name' | 'tenantId' | 'payload'> {
  /** What `fail` was told at the last attempt, or `lease-expired`. */
  readonly error: string
  readonly diedAt: Date
}

/** What became of a failed attempt. `lost`: the claim was no longer the caller's, and nothing changed. */
export type FailureOutcome = 'retry' | 'dead' | 'lost'

/** The verbs that a queue and the jobs of a storage have in common. Their law is `jobQueueConformance`. */
export interface JobStore extends JobRecorder {
  /** Outside a transaction: each job exists when the call resolves. */
  enqueue(...jobs: readonly Job[]): Promise<void>
  /**
   * Takes up to `limit` due jobs of the queue, those that were enqueued first first, and hides them from other callers for
   * `leaseMs`. Of concurrent callers each job goes to one. A job whose lease ran out is due again, or a dead letter when that
   * was its last attempt.
   */
  claim(queue: QueuePolicy, limit: number): Promise<readonly ClaimedJob[]>
  /** Hides the job for `leaseMs` from now. False, and no effect, once the claim is lost or ended. */
  renew(queue: QueuePolicy, job: ClaimedJob): Promise<boolean>
  /** Ends the job. False, and no effect, once the claim is lost or ended. */
  complete(job: ClaimedJob): Promise<boolean>
  /**
   * Ends the attempt. The job is due again after at least `retryMs`, doubled for every failure before, with up to as much again
   * at random and at most `longestRetryMs`; after the last attempt it is a dead letter.
   */
  fail(queue: QueuePolicy, job: ClaimedJob, error: string): Promise<FailureOutcome>
  /** Up to `limit` dead letters of the queue, the longest dead first. */
  dead(name: string, limit: number): Promise<readonly DeadJob[]>
  /**
   * Makes up to `limit` dead letters due, with all attempts before them and the ids that they had; returns how many. One whose
   * singleton key is waiting already stays dead.
   */
  redrive(name: string, limit: number): Promise<number>
}

/** What {@link DeadJob.error} says of a worker that did not come back. */
export const leaseExpired = 'lease-expired'

/** Milliseconds after which a job is due again whose attempt of this number failed, as `fail` demands. */
export const retryDelayMs = (
  { retryMs, longestRetryMs }: QueuePolicy,
  attempt: number,
  // Jitter: jobs that failed together must not come back together.
  random: number = Math.random(),
): number => Math.min(longestRetryMs, retryMs * 2 ** (attempt - 1) * (1 + random))
