import type { PortAdapter } from './adapter.ts'

export interface LockOptions {
  /** Whole milliseconds for which the lock is held unless it is renewed, at least 1. */
  readonly leaseMs: number
  /** Milliseconds to keep trying while somebody else holds it. Who waits longest need not be next. @default 0 */
  readonly waitMs?: number
}

/** A lock held for a while. */
export interface Lease {
  readonly name: string
  /**
   * Fencing token, a positive safe integer, larger than that of every earlier lease of this name, also of those that
   * expired. Whatever the lock guards refuses writes with a token below the largest it has seen: a holder that was paused
   * beyond its lease cannot know that it lost the lock.
   */
  readonly token: number
  /** Holds the lock for `leaseMs` from now. False, and no effect, once this lease has expired or was released. */
  renew(leaseMs: number): Promise<boolean>
  /** Frees the lock. False, and no effect, once this lease has expired or was released. */
  release(): Promise<boolean>
}

/** Lets one caller at a time work under a name, until it releases the name or its lease expires. */
export interface Lock extends PortAdapter {
  /**
   * Takes the lock. Of concurrent callers one gets the lease. Null when somebody else held it for all of `waitMs`.
   *
   * @throws RangeError when `leaseMs` is not a whole number of at least 1.
   * @throws `port/unavailable` when the thing behind the port fails: nobody may take silence for a lease.
   */
  acquire(name: string, options: LockOptions): Promise<Lease | null>
}
