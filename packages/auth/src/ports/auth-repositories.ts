import type { AccountRepository } from './account-repository.ts'
import type { EmailChangeRepository } from './email-change-repository.ts'
import type { NotificationPreferenceRepository } from './notification-preference-repository.ts'
import type { ApiKeyRepository } from './api-key-repository.ts'
import type { NonceRepository } from './nonce-repository.ts'
import type { ServiceAccountRepository } from './service-account-repository.ts'
import type { AuditLog } from '@corbel/core/ports'
import type { AttemptRepository } from './attempt-repository.ts'
import type { ConsentRepository } from './consent-repository.ts'
import type { EmailVerificationRepository } from './email-verification-repository.ts'
import type { FactorRepository } from './factor-repository.ts'
import type { MfaPolicyRepository } from './mfa-policy-repository.ts'
import type { MagicLinkRepository } from './magic-link-repository.ts'
import type { PasskeyRepository } from './passkey-repository.ts'
import type { PasswordResetRepository } from './password-reset-repository.ts'
import type { RecoveryCodeRepository } from './recovery-code-repository.ts'
import type { SessionRepository } from './session-repository.ts'
import type { SignInChallengeRepository } from './sign-in-challenge-repository.ts'
import type { SignUpInviteRepository } from './sign-up-invite-repository.ts'
import type { SignUpRequestRepository } from './sign-up-request-repository.ts'
import type { IdentityRepository } from './identity-repository.ts'
import type { SsoConnectionRepository } from './sso-connection-repository.ts'
import type { SsoDomainRepository } from './sso-domain-repository.ts'
import type { SsoStateRepository } from './sso-state-repository.ts'
import type { UserRepository } from './user-repository.ts'

/** Everything that the auth module keeps. */
export interface AuthRepositories {
  readonly users: UserRepository
  readonly sessions: SessionRepository
  readonly attempts: AttemptRepository
  readonly passwordResets: PasswordResetRepository
  readonly emailVerifications: EmailVerificationRepository
  readonly factors: FactorRepository
  readonly passkeys: PasskeyRepository
  readonly magicLinks: MagicLinkRepository
  readonly recoveryCodes: RecoveryCodeRepository
  readonly signInChallenges: SignInChallengeRepository
  readonly mfaPolicies: MfaPolicyRepository
  readonly auditLog: AuditLog
  readonly serviceAccounts: ServiceAccountRepository
  readonly apiKeys: ApiKeyRepository
  readonly nonces: NonceRepository
  readonly accounts: AccountRepository
  readonly emailChanges: EmailChangeRepository
  readonly notificationPreferences: NotificationPreferenceRepository
  readonly signUpInvites: SignUpInviteRepository
  readonly signUpRequests: SignUpRequestRepository
  readonly consents: ConsentRepository
  readonly ssoConnections: SsoConnectionRepository
  readonly ssoStates: SsoStateRepository
  readonly ssoDomains: SsoDomainRepository
  readonly identities: IdentityRepository
}
