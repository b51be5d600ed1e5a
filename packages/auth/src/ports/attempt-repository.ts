import type { DomainEvent } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

export interface AttemptClient {
  readonly userAgent: string | null
  readonly ipPrefix: string | null
}

/** Where an attempt to prove a factor comes from, as digests: no address and no agent can be read from them. */
export interface AttemptQuery {
  /** Failures of strangers to the account, for whatever factor. */
  readonly account: string
  /** Failures of this client at this account. */
  readonly device: string
  /** Failures of this network at any account; null when the network is not known. */
  readonly network: string | null
  /** The client itself: it is known to an account for which it has opened a session that is still on record. */
  readonly client: AttemptClient
  readonly now: Date
}

/** What is on record when an attempt begins. */
export interface AttemptState {
  /** Whether the client has signed in to the account before. False for an account that does not exist. */
  readonly isKnownClient: boolean
  /** Consecutive failures at the account, of any factor and from anywhere; 0 for an account that does not exist. */
  readonly failures: number
  /** When the lock of a key ends, for the keys that are locked. */
  readonly locks: Readonly<Record<string, Date>>
}

export interface FailureCounter {
  readonly key: string
  /** The key is locked by this many failures within the window. At least 1. */
  readonly limit: number
  /** Failures before this time do not count any more. */
  readonly since: Date
  /** When the lock ends that this failure may start. */
  readonly lockUntil: Date
  /** When the failure may be forgotten. */
  readonly expiresAt: Date
}

export interface Failure {
  readonly counters: readonly FailureCounter[]
  /** Null when there is no such account; the counters are kept all the same. */
  readonly userId: UserId | null
  /** Consecutive failures are not counted above this. */
  readonly most: number
  readonly now: Date
  /** Recorded in any case. */
  readonly events: readonly DomainEvent[]
  /** Recorded when this failure locks the first counter of an account that exists. */
  readonly lockedEvents: readonly DomainEvent[]
  /** Recorded when this failure brings the consecutive ones to `most`. */
  readonly exhaustedEvents: readonly DomainEvent[]
}

/** Counts failed attempts to prove a factor. What is kept of a key does not grow with the attempts beyond its limit. */
export interface AttemptRepository {
  /** What is on record for an attempt, in one statement; without a user no client is known. */
  find(userId: UserId | null, query: AttemptQuery): Promise<AttemptState>
  /** The clients that are known to an account, each once, in any order. */
  listKnownClients(userId: UserId): Promise<readonly AttemptClient[]>
  /**
   * Counts a failure under every counter and against the account, and records the events, in one statement. The one that
   * reaches the limit within the window locks the key and begins its count anew; failures under a lock neither count nor prolong
   * it. Of concurrent failures none is lost, one locks and one exhausts.
   */
  recordFailure(failure: Failure): Promise<void>
  /** Forgets the consecutive failures of a user, and what is kept under the keys. */
  clear(userId: UserId, keys: readonly string[]): Promise<void>
  /** Forgets what expired before `time`; returns how many keys. */
  purge(time: Date): Promise<number>
}
