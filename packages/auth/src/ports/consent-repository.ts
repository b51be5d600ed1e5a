import type { ConsentPolicy } from '../consents/consent.ts'
import type { UserId } from '../users/user.ts'

/** That a user accepted a version of a policy, and from where. */
export interface ConsentRecord {
  readonly userId: UserId
  readonly policy: ConsentPolicy
  readonly version: string
  readonly acceptedAt: Date
  readonly ipPrefix: string | null
  readonly userAgent: string | null
}

/** A ledger: what is in it is never changed, and goes with its user only. */
export interface ConsentRepository {
  /**
   * Adds a consent. False when the user has given it before, which stays as it is: of concurrent callers with one consent, one gets
   * true.
   */
  record(consent: ConsentRecord): Promise<boolean>
  /** Oldest first; at the same time by policy and version. */
  list(userId: UserId): Promise<readonly ConsentRecord[]>
}
