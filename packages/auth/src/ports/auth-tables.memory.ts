import type { EmailVerification } from './email-verification-repository.ts'
import type { NewUser } from './user-repository.ts'
import type { RevocationReason, SessionRecord } from './session-repository.ts'
import type { SessionId } from '../sessions/session.ts'
import type { UserId } from '../users/user.ts'

export interface SessionRow extends SessionRecord {
  readonly revoked: { readonly at: Date; readonly reason: RevocationReason } | null
}

export interface RefreshTokenRow {
  readonly sessionId: SessionId
  readonly expiresAt: Date
  readonly replaced: { readonly at: Date; readonly successor: string; readonly expiresAt: Date } | null
}

export interface VerificationRow extends EmailVerification {
  readonly redeemed: boolean
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface AuthTables {
  readonly users: Map<UserId, NewUser>
  readonly sessions: Map<SessionId, SessionRow>
  /** By digest. */
  readonly refreshTokens: Map<string, RefreshTokenRow>
  /** The one of each user. Used ones stay until they expire, so that storing one again does not revive it. */
  readonly emailVerifications: Map<UserId, VerificationRow>
}

export const authTables = (): AuthTables => ({
  users: new Map(),
  sessions: new Map(),
  refreshTokens: new Map(),
  emailVerifications: new Map(),
})
