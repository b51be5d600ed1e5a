import type { DomainEvent, Id } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

/** An address that somebody wants to have in place of theirs, until it is proved that they read its mail. */
export interface EmailChange {
  readonly id: Id<'emc'>
  readonly userId: UserId
  /** The new address; the token in the mail to it proves this one and no other. */
  readonly email: string
  /** The address that it is to replace: whoever has another one by now has not asked for this. */
  readonly previousEmail: string
  /** Digest of the token. */
  readonly digest: string
  readonly expiresAt: Date
}

export interface EmailChangeRepository {
  /** Stores a change in place of the earlier one of the user. */
  replace(change: EmailChange): Promise<void>
  /** Also one that was made already. */
  find(id: Id<'emc'>): Promise<EmailChange | null>
  /**
   * Uses up a token, gives the user the new address, verified, and records the event, in one statement. Of concurrent callers one
   * gets the change. Null when the digest is unknown, used or expired, or the user is disabled or has another address by now.
   *
   * @throws `auth/email-taken` when the address is in use by now; the token is not used up.
   */
  redeem(digest: string, now: Date, event: (change: EmailChange) => DomainEvent): Promise<EmailChange | null>
  /** Forgets what expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
