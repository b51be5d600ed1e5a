// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export { AuthErrors } from '../auth-errors.ts'
export type { ApiKeyId } from '../api-keys/api-key.ts'
export type { ClientPublicKey, ServiceAccountId } from '../service-accounts/service-account.ts'
export type { ApiKeyQuery, ApiKeyRecord, ApiKeyRepository, UsableApiKey } from './api-key-repository.ts'
export type { NonceRepository } from './nonce-repository.ts'
export type { ServiceAccountRecord, ServiceAccountRepository } from './service-account-repository.ts'
export {
  type Account,
  type AccountFilter,
  type AccountRepository,
  type DisabledBy,
  erasedEmail,
} from './account-repository.ts'
export type { EmailChange, EmailChangeRepository } from './email-change-repository.ts'
export type { NotificationPreferenceRepository } from './notification-preference-repository.ts'
export type { NotificationPreference } from '../notifications/notification-preference.ts'
export type { Profile } from '../users/profile.ts'
export type { Credential } from '../users/credential.ts'
export type { User, UserId } from '../users/user.ts'
export type { SessionId } from '../sessions/session.ts'
export type {
  AttemptClient,
  AttemptQuery,
  AttemptRepository,
  AttemptState,
  Failure,
  FailureCounter,
} from './attempt-repository.ts'
export type { AuthRepositories } from './auth-repositories.ts'
export { authRepositoriesConformance } from './auth-repositories.conformance.ts'
export { memoryAuthRepositories } from './auth-repositories.memory.ts'
export { type AuthTables, authTables } from './auth-tables.memory.ts'
export type { EmailVerification, EmailVerificationRepository } from './email-verification-repository.ts'
export type { FactorId } from '../factors/factor-id.ts'
export type { FactorKind } from '../factors/factor-kind.ts'
export type { MfaPolicy } from '../factors/mfa-policy.ts'
export type { FactorRecord, FactorRepository } from './factor-repository.ts'
export type { MagicLink, MagicLinkRepository, PresentedLink } from './magic-link-repository.ts'
export type { PasskeyClaim, PasskeyRecord, PasskeyRepository, PasskeyUse } from './passkey-repository.ts'
export type { MfaPolicyRepository } from './mfa-policy-repository.ts'
export type { BreachCheck } from './breach-check.ts'
export type { PasswordHasher } from './password-hasher.ts'
export { passwordHasherConformance } from './password-hasher.conformance.ts'
export type { PasswordReset, PasswordResetRepository } from './password-reset-repository.ts'
export type { RecoveryCodeRepository } from './recovery-code-repository.ts'
export type {
  Elevation,
  RevocationReason,
  RotatedSession,
  Rotation,
  RotationOutcome,
  SessionRecord,
  SessionRepository,
} from './session-repository.ts'
export type { OpenChallenge, SignInChallengeRepository } from './sign-in-challenge-repository.ts'
export type { SignUpInviteId } from '../sign-up-invites/sign-up-invite.ts'
export type { SignUpRequestId } from '../sign-up-requests/sign-up-request.ts'
export type { ConsentRecord, ConsentRepository } from './consent-repository.ts'
export type {
  SignUpInviteQuery,
  SignUpInviteRecord,
  SignUpInviteRepository,
} from './sign-up-invite-repository.ts'
export type {
  PendingLimit,
  SignUpDecision,
  SignUpRequestRecord,
  SignUpRequestRepository,
} from './sign-up-request-repository.ts'
export type { AuthStorage } from './samples.conformance.ts'
export type { PlanDirectory } from './plan-directory.ts'
export type { DomainVerifier } from './domain-verifier.ts'
export type {
  IdentityProvider,
  IdentityProviderClient,
  IdentityRequest,
  ProvedIdentity,
} from './identity-provider.ts'
export type { IdentityRecord, IdentityRepository } from './identity-repository.ts'
export type { ConnectionPreset } from '../sso/connection-preset.ts'
export type { SsoConnectionId } from '../sso/connection-id.ts'
export type { ProvisionedRole, Provisioning } from '../sso/connection.ts'
export type { OfferQuery, SsoConnectionRecord, SsoConnectionRepository } from './sso-connection-repository.ts'
export type { SsoDomain, SsoDomainRepository } from './sso-domain-repository.ts'
export type { SsoState, SsoStateRepository } from './sso-state-repository.ts'
export type { TenantDirectory } from './tenant-directory.ts'
export type { NewUser, SignInCandidate, UserRepository } from './user-repository.ts'
