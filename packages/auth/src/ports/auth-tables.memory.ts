import type { Id } from '@corbel/core/ports'
import type { FactorId } from '../factors/factor-id.ts'
import type { MfaPolicy } from '../factors/mfa-policy.ts'
import type { ApiKeyId } from '../api-keys/api-key.ts'
import type { ServiceAccountId } from '../service-accounts/service-account.ts'
import type { ApiKeyRecord } from './api-key-repository.ts'
import type { ServiceAccountRecord } from './service-account-repository.ts'
import type { EmailVerification } from './email-verification-repository.ts'
import type { FactorRecord } from './factor-repository.ts'
import type { OpenChallenge } from './sign-in-challenge-repository.ts'
import type { MagicLink } from './magic-link-repository.ts'
import type { PasskeyRecord } from './passkey-repository.ts'
import type { PasswordReset } from './password-reset-repository.ts'
import type { SignUpInviteId } from '../sign-up-invites/sign-up-invite.ts'
import type { SignUpRequestId } from '../sign-up-requests/sign-up-request.ts'
import type { ConsentRecord } from './consent-repository.ts'
import type { SignUpInviteRecord } from './sign-up-invite-repository.ts'
import type { SignUpRequestRecord } from './sign-up-request-repository.ts'
import type { NewUser } from './user-repository.ts'
import type { DisabledBy } from './account-repository.ts'
import type { EmailChange } from './email-change-repository.ts'
import type { NotificationPreference } from '../notifications/notification-preference.ts'
import type { Profile } from '../users/profile.ts'
import type { RevocationReason, SessionRecord } from './session-repository.ts'
import type { Credential } from '../users/credential.ts'
import type { IdentityRecord } from './identity-repository.ts'
import type { SsoConnectionRecord } from './sso-connection-repository.ts'
import type { SsoDomain } from './sso-domain-repository.ts'
import type { SsoState } from './sso-state-repository.ts'
import type { SessionId } from '../sessions/session.ts'
import type { UserId } from '../users/user.ts'

export interface UserRow extends NewUser {
  readonly profile?: Profile
  readonly disabled?: { readonly at: Date; readonly by: DisabledBy }
}

export interface EmailChangeRow extends EmailChange {
  readonly redeemed: boolean
}

export interface SessionRow extends SessionRecord {
  readonly revoked: { readonly at: Date; readonly reason: RevocationReason } | null
  readonly generation: number
}

export interface RefreshTokenRow {
  readonly sessionId: SessionId
  /** Of the session when the token was issued; that of a later one is needed once the session was elevated. */
  readonly generation: number
  readonly expiresAt: Date
  readonly replaced: { readonly at: Date; readonly successor: string; readonly expiresAt: Date } | null
}

export interface AttemptRow {
  readonly failedAt: readonly Date[]
  readonly lockedUntil: Date | null
  readonly expiresAt: Date
}

export interface VerificationRow extends EmailVerification {
  readonly redeemed: boolean
}

export interface PasswordResetRow extends PasswordReset {
  readonly redeemed: boolean
}

/** What a passkey has beyond a factor. */
export type PasskeyRow = Omit<PasskeyRecord, 'userId' | 'label' | 'createdAt' | 'lastUsedAt'>

export interface MagicLinkRow extends MagicLink {
  readonly redeemed: boolean
}

export interface FactorRow extends FactorRecord {
  /** The newest time step that was accepted. */
  readonly lastStep: number | null
}

export interface ChallengeRow extends OpenChallenge {
  readonly attempts: number
  readonly redeemed: boolean
}

export interface ApiKeyRow extends ApiKeyRecord {
  readonly digest: string
}

export interface ServiceAccountRow extends ServiceAccountRecord {
  readonly revokedAt: Date | null
}

export interface SignUpInviteRow extends SignUpInviteRecord {
  readonly digest: string
}

export interface SignUpRequestRow extends SignUpRequestRecord {
  /** Digest of the caller's address. */
  readonly client: string | null
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface AuthTables {
  readonly users: Map<UserId, UserRow>
  readonly sessions: Map<SessionId, SessionRow>
  /** By digest. */
  readonly refreshTokens: Map<string, RefreshTokenRow>
  /** The one of each user. Used ones stay until they expire, so that storing one again does not revive it. */
  readonly emailVerifications: Map<UserId, VerificationRow>
  /** The newest of each user. */
  readonly emailChanges: Map<UserId, EmailChangeRow>
  /** What somebody has chosen, the newest last. */
  readonly notificationPreferences: Map<UserId, readonly NotificationPreference[]>
  /** By key. */
  readonly attempts: Map<string, AttemptRow>
  readonly consecutiveFailures: Map<UserId, number>
  /** Newest first. */
  readonly previousCredentials: Map<UserId, readonly Credential[]>
  readonly passwordResets: Map<UserId, PasswordResetRow>
  readonly factors: Map<FactorId, FactorRow>
  readonly passkeys: Map<FactorId, PasskeyRow>
  readonly magicLinks: Map<UserId, MagicLinkRow>
  /** Digests of those that can still be redeemed. */
  readonly recoveryCodes: Map<UserId, ReadonlySet<string>>
  /** By digest. */
  readonly signInChallenges: Map<string, ChallengeRow>
  readonly mfaPolicies: Map<Id<'ten'>, MfaPolicy>
  readonly serviceAccounts: Map<ServiceAccountId, ServiceAccountRow>
  readonly revokedAccessTokens: Map<Id<'act'>, Date>
  readonly apiKeys: Map<ApiKeyId, ApiKeyRow>
  /** By digest: when each is forgotten. */
  readonly nonces: Map<string, Date>
  readonly signUpInvites: Map<SignUpInviteId, SignUpInviteRow>
  readonly signUpRequests: Map<SignUpRequestId, SignUpRequestRow>
  readonly consents: Map<UserId, readonly ConsentRecord[]>
  readonly ssoConnections: Map<SsoConnectionRecord['id'], SsoConnectionRecord>
  /** By digest. */
  readonly ssoStates: Map<string, SsoState>
  readonly ssoDomains: Map<Id<'ten'>, readonly SsoDomain[]>
  readonly identities: Map<IdentityRecord['id'], IdentityRecord>
}

export const authTables = (): AuthTables => ({
  users: new Map(),
  sessions: new Map(),
  refreshTokens: new Map(),
  emailVerifications: new Map(),
  emailChanges: new Map(),
  notificationPreferences: new Map(),
  attempts: new Map(),
  consecutiveFailures: new Map(),
  previousCredentials: new Map(),
  passwordResets: new Map(),
  factors: new Map(),
  passkeys: new Map(),
  magicLinks: new Map(),
  recoveryCodes: new Map(),
  signInChallenges: new Map(),
  mfaPolicies: new Map(),
  serviceAccounts: new Map(),
  revokedAccessTokens: new Map(),
  apiKeys: new Map(),
  nonces: new Map(),
  signUpInvites: new Map(),
  signUpRequests: new Map(),
  consents: new Map(),
  ssoConnections: new Map(),
  ssoStates: new Map(),
  ssoDomains: new Map(),
  identities: new Map(),
})
