import type { AuditLog, EventRecorder } from '@corbel/core/ports'
import type { TenantTables } from '@corbel/core/tenant/ports'
import { memoryAccountRepository } from './account-repository.memory.ts'
import { memoryEmailChangeRepository } from './email-change-repository.memory.ts'
import { memoryNotificationPreferenceRepository } from './notification-preference-repository.memory.ts'
import { memoryAttemptRepository } from './attempt-repository.memory.ts'
import type { AuthRepositories } from './auth-repositories.ts'
import { memoryApiKeyRepository } from './api-key-repository.memory.ts'
import type { AuthTables } from './auth-tables.memory.ts'
import { memoryConsentRepository } from './consent-repository.memory.ts'
import { memoryEmailVerificationRepository } from './email-verification-repository.memory.ts'
import { memoryFactorRepository } from './factor-repository.memory.ts'
import { memoryMfaPolicyRepository } from './mfa-policy-repository.memory.ts'
import { memoryMagicLinkRepository } from './magic-link-repository.memory.ts'
import { memoryPasskeyRepository } from './passkey-repository.memory.ts'
import { memoryPasswordResetRepository } from './password-reset-repository.memory.ts'
import { memoryRecoveryCodeRepository } from './recovery-code-repository.memory.ts'
import { memoryNonceRepository } from './nonce-repository.memory.ts'
import { memoryServiceAccountRepository } from './service-account-repository.memory.ts'
import { memorySessionRepository } from './session-repository.memory.ts'
import { memorySignInChallengeRepository } from './sign-in-challenge-repository.memory.ts'
import { memorySignUpInviteRepository } from './sign-up-invite-repository.memory.ts'
import { memorySignUpRequestRepository } from './sign-up-request-repository.memory.ts'
import { memoryIdentityRepository } from './identity-repository.memory.ts'
import { memorySsoConnectionRepository } from './sso-connection-repository.memory.ts'
import { memorySsoDomainRepository } from './sso-domain-repository.memory.ts'
import { memorySsoStateRepository } from './sso-state-repository.memory.ts'
import { memoryUserRepository } from './user-repository.memory.ts'

/**
 * Reference implementation: what a conforming one does, without a database.
 *
 * @param recorder - Takes the events that a verb records together with its change.
 */
export const memoryAuthRepositories = (
  tables: AuthTables & Pick<TenantTables, 'tenants' | 'memberships'>,
  recorder: EventRecorder,
  auditLog: AuditLog,
): AuthRepositories => ({
  users: memoryUserRepository(tables),
  sessions: memorySessionRepository(tables, recorder),
  attempts: memoryAttemptRepository(tables, recorder),
  passwordResets: memoryPasswordResetRepository(tables),
  emailVerifications: memoryEmailVerificationRepository(tables, recorder),
  factors: memoryFactorRepository(tables, recorder),
  passkeys: memoryPasskeyRepository(tables, recorder),
  magicLinks: memoryMagicLinkRepository(tables, recorder),
  recoveryCodes: memoryRecoveryCodeRepository(tables, recorder),
  signInChallenges: memorySignInChallengeRepository(tables),
  mfaPolicies: memoryMfaPolicyRepository(tables, recorder),
  auditLog,
  serviceAccounts: memoryServiceAccountRepository(tables, recorder),
  apiKeys: memoryApiKeyRepository(tables, recorder),
  nonces: memoryNonceRepository(tables),
  accounts: memoryAccountRepository(tables),
  emailChanges: memoryEmailChangeRepository(tables, recorder),
  notificationPreferences: memoryNotificationPreferenceRepository(tables),
  signUpInvites: memorySignUpInviteRepository(tables, recorder),
  signUpRequests: memorySignUpRequestRepository(tables),
  consents: memoryConsentRepository(tables),
  ssoConnections: memorySsoConnectionRepository(tables, recorder),
  ssoStates: memorySsoStateRepository(tables),
  ssoDomains: memorySsoDomainRepository(tables, recorder),
  identities: memoryIdentityRepository(tables, recorder),
})
