import type { Id } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

/** A sign-in that has one factor and waits for another. */
export interface OpenChallenge {
  /** Digest of the token. */
  readonly digest: string
  readonly tenantId: Id<'ten'>
  readonly userId: UserId
  /** Digest of the client that it was given to. */
  readonly client: string
  /** Methods that were proved (RFC 8176). */
  readonly amr: readonly string[]
  readonly expiresAt: Date
}

export interface SignInChallengeRepository {
  insert(challenge: OpenChallenge): Promise<void>
  /** The challenge; null when it is unknown, redeemed, expired, or was given to another client. */
  find(digest: string, client: string, now: Date): Promise<OpenChallenge | null>
  /** Like `find`, and counts an attempt, in one statement. Of all callers, concurrent ones included, at most `limit` get it. */
  attempt(digest: string, client: string, now: Date, limit: number): Promise<OpenChallenge | null>
  /** Uses it up. Of concurrent callers one gets true; false when it is unknown, redeemed or expired. */
  redeem(challenge: Pick<OpenChallenge, 'tenantId' | 'digest'>, now: Date): Promise<boolean>
  /** Forgets what expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
