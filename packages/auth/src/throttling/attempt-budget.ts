import {
  addMilliseconds,
  before,
  type Clock,
  type DomainError,
  maskedClientOf,
  milliseconds,
} from '@corbel/core'
import type { DomainEvent, Id, Quota, RateLimiter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type {
  AttemptClient,
  AttemptQuery,
  AttemptRepository,
  AttemptState,
  FailureCounter,
} from '../ports/attempt-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { User, UserId } from '../users/user.ts'
import type { AttemptLimits, Lockout } from './attempt-limits.ts'

export interface AttemptBudgetDeps {
  readonly attempts: AttemptRepository
  readonly rateLimiter: RateLimiter
  readonly clock: Clock
  readonly attemptDigest: KeyedDigest
  readonly limits: AttemptLimits
}

/** Whose factor is tried, and from where. */
export interface AttemptSubject {
  readonly email: string
  /** The tenant that the request names. */
  readonly tenantId?: Id<'ten'> | undefined
  readonly client: { readonly ip: string | null; readonly userAgent: string | null }
}

/**
 * One budget of guesses for each account, whatever the factor: passwords, codes and recovery codes. Accounts that do not exist have
 * one too, so that nothing tells them apart.
 *
 * Strangers share theirs, and a client that has signed in to the account before has its own: strangers can lock out each other
 * but not the owner's devices (OWASP ASVS 6.1.1). The limits on the rate hold back guesses that run at once, before any of them
 * has failed; the locks are kept by the database and survive a restart.
 */
export class AttemptBudget {
  readonly #deps: AttemptBudgetDeps

  constructor(deps: AttemptBudgetDeps) {
    this.#deps = deps
  }

  /** What {@link AttemptRepository.find} and `UserRepository.findForAttempt` are asked. */
  async queryOf({ email, client }: Omit<AttemptSubject, 'tenantId'>): Promise<AttemptQuery> {
    const { attemptDigest: digest, clock } = this.#deps
    const masked = maskedClientOf(client)
    const { userAgent, ipPrefix } = masked
    const [account, device, network] = await Promise.all([
      this.#accountKeyOf(email),
      this.#deviceKeyOf(email, masked),
      ipPrefix === null ? null : digest.of('attempts-network', ipPrefix),
    ])
    return { account, device, network, client: { userAgent, ipPrefix }, now: clock.now() }
  }

  /**
   * Begins an attempt at a factor of a user who is known by now, in one statement.
   *
   * @throws `auth/too-many-attempts` with the time of the next one.
   */
  async begin(userId: UserId, subject: AttemptSubject): Promise<Attempt> {
    const query = await this.queryOf(subject)
    return this.admit(query, await this.#deps.attempts.find(userId, query), subject.tenantId)
  }

  /**
   * Begins an attempt of which the state was read already. Fails when the rate limiter does.
   *
   * @throws `auth/too-many-attempts` with the time of the next one.
   */
  async admit(query: AttemptQuery, state: AttemptState, tenantId?: Id<'ten'>): Promise<Attempt> {
    const { perMinute } = this.#deps.limits
    const keys = state.isKnownClient ? [query.device] : [query.account, ...present(query.network)]
    const lockedUntil = Math.max(0, ...keys.map((key) => state.locks[key]?.getTime() ?? 0))
    if (lockedUntil > 0) throw tooMany(lockedUntil - query.now.getTime())
    if (state.isKnownClient) {
      await this.#take('device', query.device, perMinute.account)
    } else {
      await this.#take('account', query.account, perMinute.account)
      if (query.network !== null) await this.#take('network', query.network, perMinute.network)
      if (tenantId !== undefined) await this.#take('tenant', tenantId, perMinute.tenant)
    }
    return new Attempt(this.#deps, query, state)
  }

  /** Ends the lock of an account for everybody, and its row of failures. */
  async unlock(user: Pick<User, 'id' | 'email'>): Promise<void> {
    await this.#deps.attempts.clear(user.id, await this.keysOf(user))
  }

  /** What failures at an account are counted under: those of strangers, and those of each client that is known to it. */
  async keysOf({ id, email }: Pick<User, 'id' | 'email'>): Promise<readonly string[]> {
    const clients = await this.#deps.attempts.listKnownClients(id)
    return Promise.all([
      this.#accountKeyOf(email),
      ...clients.map((client) => this.#deviceKeyOf(email, client)),
    ])
  }

  /** Forgets failures that do not count any more; returns of how many keys. */
  purge(): Promise<number> {
    return this.#deps.attempts.purge(this.#deps.clock.now())
  }

  #accountKeyOf(email: string): Promise<string> {
    return this.#deps.attemptDigest.of('attempts-account', email)
  }

  #deviceKeyOf(email: string, { ipPrefix, userAgent }: AttemptClient): Promise<string> {
    return this.#deps.attemptDigest.of('attempts-device', `${email}\0${ipPrefix}\0${userAgent}`)
  }

  async #take(kind: string, key: string, limit: number): Promise<void> {
    if (limit === 0) return
    const quota: Quota = { limit, windowMs: milliseconds('1m') }
    const { allowed, retryAfterMs } = await this.#deps.rateLimiter.take(`attempts:${kind}:${key}`, quota)
    if (!allowed) throw tooMany(retryAfterMs)
  }
}

/** One attempt that was let through. */
export class Attempt {
  readonly #deps: AttemptBudgetDeps
  readonly #query: AttemptQuery
  readonly #state: AttemptState

  constructor(deps: AttemptBudgetDeps, query: AttemptQuery, state: AttemptState) {
    this.#deps = deps
    this.#query = query
    this.#state = state
  }

  /**
   * Whether nothing this caller presents is right any more: answer as if the factor were wrong, after the same work. NIST SP
   * 800-63B-4 §3.2.2 allows 100 consecutive failures; the last few of them are left to devices that are known.
   */
  get isExhausted(): boolean {
    return this.#state.failures >= this.#most
  }

  /** What a success forgets: pass it on to the session that it opens. */
  get spentKeys(): readonly string[] {
    return [this.#ownKey]
  }

  /** Counts the attempt as failed and records the events, in one statement, whether or not there is such a user. */
  async fail(userId: UserId | null, events: readonly DomainEvent[] = []): Promise<void> {
    const { attempts, limits } = this.#deps
    const { now, network } = this.#query
    await attempts.recordFailure({
      counters: [
        this.#counter(this.#ownKey, limits.account),
        ...present(network).map((key) => this.#counter(key, limits.network)),
      ],
      userId,
      most: this.#most,
      now,
      events,
      lockedEvents: userId === null ? [] : [AuthEvents.accountLocked(null, { userId })],
      exhaustedEvents: userId === null ? [] : [AuthEvents.attemptsExhausted(null, { userId })],
    })
  }

  get #most(): number {
    const { consecutive, account } = this.#deps.limits
    return this.#state.isKnownClient ? consecutive : Math.max(1, consecutive - account.threshold)
  }

  get #ownKey(): string {
    return this.#state.isKnownClient ? this.#query.device : this.#query.account
  }

  #counter(key: string, { threshold, window, duration }: Lockout): FailureCounter {
    const { now } = this.#query
    const kept = Math.max(milliseconds(window), milliseconds(duration))
    return {
      key,
      limit: threshold,
      since: before(now, window),
      lockUntil: addMilliseconds(now, milliseconds(duration)),
      expiresAt: addMilliseconds(now, kept),
    }
  }
}

const present = (key: string | null): readonly string[] => (key === null ? [] : [key])

const tooMany = (waitMs: number): DomainError => AuthErrors.tooManyAttempts({ retryAfter: waitMs / 1000 })
