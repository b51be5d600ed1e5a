import { type Clock } from '../../kernel/clock.ts'
import { milliseconds, seconds } from '../../kernel/duration.ts'
import type { Id } from '../../kernel/id.ts'
import type { Logger } from '../../ports/logger.ts'
import { TenantErrors } from '../tenant-errors.ts'
import type { StatusNote, TenantStatus } from './lifecycle.ts'

export interface TenantStatesOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** Milliseconds after which changes are read again. */
  readonly interval: number
}

export type ListChangedSince = (since: Date | null) => Promise<readonly StatusNote[]>

/** Changes are read again this far back: for commits that were slow to show and clocks that differ between instances. */
const overlap = milliseconds('30s')

/** Intervals after which what could not be read again is not believed any more. */
const patience = 3

/**
 * The tenants that are not active, in memory, so that no request asks the database. There is no timer: the first request after the
 * interval has the changes read and does not wait; any request after three intervals does.
 */
export class TenantStates {
  readonly #options: TenantStatesOptions
  readonly #closed = new Map<Id<'ten'>, TenantStatus>()
  #readAt: number | undefined
  #isExpired = false
  #reading: Promise<void> | undefined

  constructor(options: TenantStatesOptions) {
    this.#options = options
  }

  statusOf(tenantId: Id<'ten'>): TenantStatus {
    return this.#closed.get(tenantId) ?? 'active'
  }

  /** The next request waits for a fresh read: something was changed here. */
  expire(): void {
    this.#isExpired = true
  }

  get isFresh(): boolean {
    return !this.#isExpired && this.#age < this.#options.interval
  }

  /** A clock that was set back must not make it look recent. */
  get #age(): number {
    return Math.abs(this.#options.clock.now().getTime() - (this.#readAt ?? Number.NEGATIVE_INFINITY))
  }

  /**
   * Makes it recent enough to decide by.
   *
   * @throws `tenant/status-unavailable` when it is too old and cannot be read.
   */
  async refresh(list: ListChangedSince): Promise<void> {
    if (this.isFresh) return
    const { interval, logger } = this.#options
    const mustWait = this.#isExpired || this.#age >= patience * interval
    // What is being read may have begun before the change that expired it.
    if (this.#isExpired) {
      this.#reading = undefined
      this.#isExpired = false
    }
    const reading = this.#read(list)
    if (!mustWait) {
      reading.catch((error: unknown) => logger.warn('the states of tenants could not be read', { error }))
      return
    }
    try {
      await reading
    } catch (error) {
      this.#isExpired = true
      logger.error('the states of tenants could not be read', { error })
      throw TenantErrors.statusUnavailable({ retryAfter: seconds(`${interval}ms`) }, { cause: error })
    }
  }

  #read(list: ListChangedSince): Promise<void> {
    if (this.#reading) return this.#reading
    const reading = this.#load(list).finally(() => {
      if (this.#reading === reading) this.#reading = undefined
    })
    this.#reading = reading
    return reading
  }

  async #load(list: ListChangedSince): Promise<void> {
    const now = this.#options.clock.now().getTime()
    const since = this.#readAt === undefined ? null : new Date(this.#readAt - overlap)
    for (const { tenantId, status } of await list(since)) {
      if (status === 'active') this.#closed.delete(tenantId)
      else this.#closed.set(tenantId, status)
    }
    this.#readAt = now
  }
}
