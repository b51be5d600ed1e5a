import type { Id } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

export interface PasswordReset {
  readonly id: Id<'pwr'>
  readonly userId: UserId
  /** The address that the mail went to: a user who has another one by now is not reset by it. */
  readonly email: string
  /** Digest of the token. */
  readonly digest: string
  readonly expiresAt: Date
}

export interface PasswordResetRepository {
  /**
   * Stores a reset in place of the earlier ones of the user. One with the same or a smaller id than the present one's changes
   * nothing: the mail of an event that is delivered again takes nothing from a newer mail.
   */
  replace(reset: PasswordReset): Promise<void>
  /** The user whose password the token may set; null when it is unknown, used or expired, or the user has another address by now. */
  find(digest: string, now: Date): Promise<UserId | null>
  /** Uses up the token. Of concurrent callers one gets the user; null when {@link find} would give null. */
  redeem(digest: string, now: Date): Promise<UserId | null>
  /** Forgets what expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
