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
  /**
   * Stores a verification in place of the earlier ones of the user. One with the same or a smaller id than the present one's
   * changes nothing: the mail of an event that is delivered again takes nothing from a newer mail.
   */
  replace(verification: EmailVerification): Promise<void>
  /** Whose address the token proves; null when {@link redeem} would give null. */
  find(digest: string, now: Date): Promise<UserId | null>
  /**
   * Uses up a token, marks the address verified and records the event, in one statement. Of concurrent callers one gets the
   * user. Null when the digest is unknown, used or expired, or the user has another address by now.
   */
  redeem(digest: string, now: Date, event: (userId: UserId) => DomainEvent): Promise<UserId | null>
  /** Forgets what expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
