import type { DomainEvent, Id, PageRequest } from '@corbel/core/ports'
import type { Role } from '@corbel/core/tenant/ports'
import type { SessionId } from '../sessions/session.ts'
import type { UserId } from '../users/user.ts'

/** A session as stored. All refresh tokens of one session form one family. */
export interface SessionRecord {
  readonly id: SessionId
  readonly tenantId: Id<'ten'>
  readonly userId: UserId
  readonly createdAt: Date
  readonly lastSeenAt: Date
  /** Nothing of the session is accepted from then on, however often it is refreshed. */
  readonly expiresAt: Date
  readonly userAgent: string | null
  readonly ipPrefix: string | null
  readonly aal: 1 | 2
  readonly amr: readonly string[]
  readonly authenticatedAt: Date
}

export type RevocationReason = 'sign-out' | 'sign-out-all' | 'refresh-reuse'

export interface Rotation {
  /** Digest of the token that was presented. */
  readonly presented: string
  /** Digest of the token to put in its place. */
  readonly successor: string
  readonly now: Date
  /** A token replaced after this time may be presented again: it is a retry, not a theft. */
  readonly graceSince: Date
  /** When the successor ends unless it is used; never after the session itself. */
  readonly expiresAt: Date
  /** Recorded in the statement that revokes the family for reuse. */
  readonly reuseEvent: (session: Pick<SessionRecord, 'id' | 'tenantId' | 'userId'>) => DomainEvent
}

/** What an account may do now, read in the statement that rotates. */
export interface RotatedSession {
  readonly session: SessionRecord
  readonly emailVerified: boolean
  readonly operator: boolean
  readonly role: Role
}

export type RotationOutcome =
  /** The successor has taken the token's place. `rotatedNow` is false when an earlier call within the grace had put it there. */
  | ({ readonly outcome: 'rotated'; readonly rotatedNow: boolean; readonly expiresAt: Date } & RotatedSession)
  /** The token had been replaced before the grace: this call has revoked the family. Of concurrent callers one gets this. */
  | { readonly outcome: 'reused'; readonly sessionId: SessionId }
  /** Unknown, expired, revoked, replaced by another successor than given, or of somebody who is no longer a member. */
  | { readonly outcome: 'refused' }

export interface SessionRepository {
  /** Stores a session with its first refresh token and records the events, in one statement. */
  open(
    session: SessionRecord,
    token: { readonly digest: string; readonly expiresAt: Date },
    events: readonly DomainEvent[],
  ): Promise<void>
  /**
   * Replaces a refresh token, in one statement; only reuse costs another. Of concurrent callers with one token, one rotates and the others get the same
   * successor. Concurrent with a revocation, either the rotation is refused or its successor is revoked too.
   */
  rotate(rotation: Rotation): Promise<RotationOutcome>
  /** Live sessions of a user in a tenant, newest id first, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  listLive(
    tenantId: Id<'ten'>,
    userId: UserId,
    now: Date,
    page: PageRequest,
  ): Promise<readonly SessionRecord[]>
  /**
   * Ends a live session of this user in this tenant and records the events, in one statement. Of concurrent callers one gets
   * true; false when there is no such live session.
   */
  revoke(
    tenantId: Id<'ten'>,
    userId: UserId,
    id: SessionId,
    now: Date,
    reason: RevocationReason,
    events: readonly DomainEvent[],
  ): Promise<boolean>
  /**
   * Ends the live session that a refresh token belongs to, whether the token is current or replaced, and records the event. Of
   * concurrent callers one gets the id; null when there is no such live session.
   */
  revokeByToken(
    digest: string,
    now: Date,
    reason: RevocationReason,
    event: Rotation['reuseEvent'],
  ): Promise<SessionId | null>
  /** Ends every live session of a user in all tenants and, if there was one, records the events, in one statement; returns their ids. */
  revokeAll(
    userId: UserId,
    now: Date,
    reason: RevocationReason,
    events: readonly DomainEvent[],
  ): Promise<readonly SessionId[]>
  /** Sessions of all tenants revoked at or after `since`, for replicas to refuse their access tokens. */
  listRevokedSince(since: Date): Promise<readonly { readonly id: SessionId; readonly revokedAt: Date }[]>
  /** Forgets sessions, and their tokens, that ended before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
