import { type Clock, type Id, milliseconds, seconds } from '@corbel/core'
import type { Logger, Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthMetrics } from '../auth-metrics.ts'

/** A session, a service account or one access token of it, and when it was ended. */
export interface Revocation {
  readonly id: Id
  readonly revokedAt: Date
}

/** Reads revocations of all instances. */
export type ListRevokedSince = (since: Date) => Promise<readonly Revocation[]>

export interface RevocationListOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly meter: Meter
  /** Milliseconds after which the list is read again. */
  readonly interval: number
  /** Milliseconds for which an access token may outlive its session. */
  readonly lifetime: number
}

/** Revocations are read again this far back: for commits that were slow to show and clocks that differ between instances. */
const overlap = milliseconds('30s')

/** A token may be issued by a refresh that had won against the revocation by a moment. */
const margin = milliseconds('2m')

/** Intervals after which a list that could not be read again is not believed any more. */
const patience = 3

/**
 * Sessions and service accounts that have ended although access tokens of theirs still run. There is no timer: the list is read again by the first
 * request after the interval, which does not wait for it, and by any request after three intervals, which does.
 */
export class RevocationList {
  readonly #options: RevocationListOptions
  readonly #revoked = new Map<Id, number>()
  #readAt: number | undefined
  #reading: Promise<void> | undefined

  constructor(options: RevocationListOptions) {
    this.#options = options
  }

  /** Refuses what belongs to it from now on, in this instance at once. */
  add(id: Id, at: Date): void {
    this.#revoked.set(id, Math.max(at.getTime(), this.#revoked.get(id) ?? 0))
  }

  has(id: Id): boolean {
    return this.#revoked.has(id)
  }

  get size(): number {
    return this.#revoked.size
  }

  /** Whether {@link refresh} would change nothing. */
  get isFresh(): boolean {
    return this.#age < this.#options.interval
  }

  /** A clock that was set back must not make the list look recent. */
  get #age(): number {
    return Math.abs(this.#options.clock.now().getTime() - (this.#readAt ?? Number.NEGATIVE_INFINITY))
  }

  /**
   * Makes the list recent enough to decide by.
   *
   * @throws `auth/revocations-unavailable` when it is older than three intervals and cannot be read.
   */
  async refresh(list: ListRevokedSince): Promise<void> {
    const { interval, logger } = this.#options
    const age = this.#age
    if (age < interval) return
    const reading = this.#read(list)
    if (age < patience * interval) {
      reading.catch((error: unknown) => logger.warn('revocations could not be read', { error }))
      return
    }
    try {
      await reading
    } catch (error) {
      logger.error('revocations could not be read', { error })
      throw AuthErrors.revocationsUnavailable({ retryAfter: seconds(`${interval}ms`) }, { cause: error })
    }
  }

  #read(list: ListRevokedSince): Promise<void> {
    this.#reading ??= this.#load(list).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #load(list: ListRevokedSince): Promise<void> {
    const { clock, lifetime, meter } = this.#options
    const polls = meter.counter(AuthMetrics.revocationPoll)
    const now = clock.now().getTime()
    const oldest = now - lifetime - margin
    try {
      const since = this.#readAt === undefined ? oldest : Math.max(oldest, this.#readAt - overlap)
      for (const { id, revokedAt } of await list(new Date(since))) this.add(id, revokedAt)
    } catch (error) {
      polls.add({ outcome: 'failure' })
      throw error
    }
    polls.add({ outcome: 'success' })
    this.#readAt = now
    for (const [id, at] of this.#revoked) if (at < oldest) this.#revoked.delete(id)
  }
}
