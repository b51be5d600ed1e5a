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
  /** Where the session was opened, roughly, for people to read. */
  readonly place: string | null
  /** The operator who uses it in the name of the user. It has no refresh token. */
  readonly impersonatorId: UserId | null
}

export type RevocationReason =
  | 'sign-out'
  | 'sign-out-all'
  | 'refresh-reuse'
  | 'factor-enrolled'
  | 'password-changed'
  | 'password-reset'
  | 'sign-out-others'
  | 'email-changed'
  | 'address-claimed'
  | 'disabled'
  | 'erased'

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
  /** Of a custom role; null: all that the role has. */
  readonly scopes: readonly string[] | null
}

/** What a session is after its user has authenticated again. */
export interface Elevation {
  readonly session: Pick<SessionRecord, 'id' | 'tenantId' | 'userId'>
  readonly aal: 1 | 2
  readonly amr: readonly string[]
  readonly now: Date
  /** Takes the place of every refresh token of the session. Ends with the session at the latest. */
  readonly token: { readonly digest: string; readonly expiresAt: Date }
}

export type RotationOutcome =
  /** The successor has taken the token's place. `rotatedNow` is false when an earlier call within the grace had put it there. */
  | ({ readonly outcome: 'rotated'; readonly rotatedNow: boolean; readonly expiresAt: Date } & RotatedSession)
  /** The token had been replaced before the grace: this call has revoked the family. Of concurrent callers one gets this. */
  | { readonly outcome: 'reused'; readonly sessionId: SessionId }
  /**
   * Unknown, expired, revoked, replaced by another successor than given, of somebody who is no longer a member, or of a session
   * below what the factors of the user or the policy of the tenant ask for by now.
   */
  | { readonly outcome: 'refused' }

export interface SessionRepository {
  /**
   * Stores a session with its first refresh token, unless it shall have none, and records the events, in one statement. The user's
   * consecutive failures are forgotten, and those under the keys of the attempt that succeeded. False, and nothing is stored, when
   * the user is disabled; concurrent with disabling, either that or the session is found by {@link revokeAll} after it.
   */
  open(
    session: SessionRecord,
    token: { readonly digest: string; readonly expiresAt: Date } | null,
    events: readonly DomainEvent[],
    spentKeys?: readonly string[],
  ): Promise<boolean>
  /** Whether a session has neither ended nor been ended. One read of the primary key. */
  isLive(tenantId: Id<'ten'>, id: SessionId, now: Date): Promise<boolean>
  /** What the user's sessions up to this one were opened with, this one's first; at most 100, and none of impersonators. */
  listAgents(userId: UserId, upTo: SessionId): Promise<readonly (string | null)[]>
  /**
   * Replaces a refresh token, in one statement; only reuse costs another. Of concurrent callers with one token, one rotates and the others get the same
   * successor. Concurrent with a revocation, either the rotation is refused or its successor is revoked too.
   */
  rotate(rotation: Rotation): Promise<RotationOutcome>
  /**
   * Stores how the user of a live session has authenticated again, replaces its refresh tokens and records the events, in one
   * statement. The level never falls. Null when there is no such live session, or its user is no longer a member. A refresh token
   * from before counts as replaced, also one that a rotation at the same time has made. Of concurrent callers, the token of the
   * last one works.
   */
  elevate(
    elevation: Elevation,
    events: readonly DomainEvent[],
  ): Promise<(RotatedSession & { readonly expiresAt: Date }) | null>
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
  /** Ends every live session of a user in all tenants, but the one to keep, and, if there was one, records the events, in one statement; returns their ids. */
  revokeAll(
    userId: UserId,
    now: Date,
    reason: RevocationReason,
    events: readonly DomainEvent[],
    keep?: SessionId,
  ): Promise<readonly SessionId[]>
  /** Sessions of all tenants revoked at or after `since`, for replicas to refuse their access tokens. */
  listRevokedSince(since: Date): Promise<readonly { readonly id: SessionId; readonly revokedAt: Date }[]>
  /** Forgets sessions, and their tokens, that ended before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
