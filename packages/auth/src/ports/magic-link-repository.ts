import type { DomainEvent, Id } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

/** The newest mail that signs a user in: by the link in it or by the code, whichever comes first. */
export interface MagicLink {
  readonly id: Id<'mgl'>
  readonly userId: UserId
  /** The address that the mail went to: a user who has another one by now is not signed in by it. */
  readonly email: string
  /** Digest of the token in the link. */
  readonly digest: string
  /** Digest of the code. */
  readonly codeDigest: string
  /** What the client that asked for it has the verifier of (RFC 7636 §4.2, S256); null when any client may use it. */
  readonly codeChallenge: string | null
  readonly expiresAt: Date
}

/** What is presented of a magic link. */
export interface PresentedLink {
  readonly userId: UserId
  /** Of the token or of the code. */
  readonly digest: string
  /** Of the verifier; null without one. */
  readonly codeChallenge: string | null
}

export interface MagicLinkRepository {
  /**
   * Stores a link in place of the earlier ones of the user. One with the same or a smaller id than the present one's changes
   * nothing: the mail of an event that is delivered again takes nothing from a newer mail.
   */
  replace(link: MagicLink): Promise<void>
  /** Whose link has this token; null when it is unknown, used or expired. */
  find(digest: string, now: Date): Promise<UserId | null>
  /**
   * Uses it up and records the events, in one statement. Of concurrent callers, with the token or the code, one gets true. False
   * when it is unknown, used or expired, when it is for another client, or when the user has another address by now or one that is
   * not verified.
   */
  redeem(presented: PresentedLink, now: Date, events: readonly DomainEvent[]): Promise<boolean>
  /** Forgets what expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
