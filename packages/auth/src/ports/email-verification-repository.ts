import type { DomainEvent, Id } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

export interface EmailVerification {
  readonly id: Id<'emv'>
  readonly userId: UserId
  /** The address that the mail went to; the token proves this one and no other. */
  readonly email: string
  /** Digest of the token. */
  readonly digest: string
  readonly expiresAt: Date
}

export interface EmailVerificationRepository {
  /** Stores a verification and drops every other one of the user. Storing the same id again changes nothing. */
  replace(verification: EmailVerification): Promise<void>
  /**
   * Uses up a token, marks the address verified and records the event, in one statement. Of concurrent callers one gets the
   * user. Null when the digest is unknown, used or expired, or the user has another address by now.
   */
  redeem(digest: string, now: Date, event: (userId: UserId) => DomainEvent): Promise<UserId | null>
  /** Forgets what expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
