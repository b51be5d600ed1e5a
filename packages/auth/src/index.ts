// Module
export { auth, type AuthOptions, type AuthServices, type AuthUses } from './auth-module.ts'

// Catalogues
export { AuthErrors } from './auth-errors.ts'
export { AuthEvents } from './auth-events.ts'
export { AuthJobs } from './auth-jobs.ts'
export { AuthMetrics } from './auth-metrics.ts'
export { AuthPermissions } from './auth-permissions.ts'
export { AuthSettings } from './auth-settings.ts'

// Audit
export { AuditEvent, AuditLink, AuditVerdict } from './audit/audit.ts'
export { auditContract } from './audit/audit-contract.ts'
export { AuditService, type AuditServiceDeps } from './audit/audit-service.ts'
export { Refusals, type RefusalsDeps } from './audit/refusals.ts'

// Sign-up
export { Registration, SignUp } from './sign-up/sign-up.ts'
export { signUpContract } from './sign-up/sign-up-contract.ts'
export { SignUpService, type SignUpServiceDeps } from './sign-up/sign-up-service.ts'
export { SignUpPolicy, type SignUpPolicyName } from './sign-up/sign-up-policy.ts'
export { IssuedSignUpInvite, NewSignUpInvite, SignUpInvite } from './sign-up-invites/sign-up-invite.ts'
export { signUpInviteContract } from './sign-up-invites/sign-up-invite-contract.ts'
export {
  SignUpInviteService,
  type SignUpInviteServiceDeps,
} from './sign-up-invites/sign-up-invite-service.ts'
export { RequestAccess, SignUpRequest } from './sign-up-requests/sign-up-request.ts'
export { signUpRequestContract } from './sign-up-requests/sign-up-request-contract.ts'
export {
  SignUpRequestService,
  type SignUpRequestServiceDeps,
} from './sign-up-requests/sign-up-request-service.ts'

// Consents
export { Consent, ConsentOverview, ConsentPolicy } from './consents/consent.ts'
export { consentContract } from './consents/consent-contract.ts'
export { ConsentService, type ConsentServiceDeps } from './consents/consent-service.ts'

// Sign-in
export {
  type Proof,
  SignIn,
  SignInChallenge,
  type SignInClient,
  type SignInOutcome,
} from './sign-in/sign-in.ts'
export {
  type ProvedSignIn,
  SignInCompletion,
  type SignInCompletionDeps,
} from './sign-in/sign-in-completion.ts'
export { SignInRefusals, type SignInRefusalsDeps } from './sign-in/sign-in-refusals.ts'
export { signInContract } from './sign-in/sign-in-contract.ts'
export { SignInService, type SignInServiceDeps } from './sign-in/sign-in-service.ts'

// Second factors
export {
  EnrollTotp,
  Factor,
  FactorOverview,
  type PresentedFactor,
  RecoveryCodeList,
  TotpEnrollment,
  VerifiedTotp,
  VerifyTotp,
} from './factors/factor.ts'
export { factorContract } from './factors/factor-contract.ts'
export type { FactorId } from './factors/factor-id.ts'
export { FactorKind, FactorMethod } from './factors/factor-kind.ts'
export { FactorService, type FactorServiceDeps } from './factors/factor-service.ts'
export { type FactorOwner, FactorTrial, type FactorTrialDeps, type Proved } from './factors/factor-trial.ts'
export { FactorVerifier, type FactorVerifierDeps } from './factors/factor-verifier.ts'
export { type FactorNotice, FactorNotices, type FactorNoticesDeps } from './factors/factor-notices.ts'
export { MfaPolicy, TenantMfaPolicy } from './factors/mfa-policy.ts'
export { mfaPolicyContract } from './factors/mfa-policy-contract.ts'
export { MfaPolicyService, type MfaPolicyServiceDeps } from './factors/mfa-policy-service.ts'
export { ChallengeAnswer, ChallengeEnrollment, CompletedSignIn } from './sign-in/challenge-answer.ts'
export { signInChallengeContract } from './sign-in/sign-in-challenge-contract.ts'
export {
  SignInChallengeService,
  type SignInChallengeServiceDeps,
} from './sign-in/sign-in-challenge-service.ts'
export { StepUp } from './step-up/step-up.ts'
export { stepUpContract } from './step-up/step-up-contract.ts'
export { StepUpService, type StepUpServiceDeps } from './step-up/step-up-service.ts'

// Passkeys
export {
  AuthenticationOptions,
  AuthenticationResponse,
  Passkey,
  PasskeySignIn,
  RegisteredPasskey,
  RegisterPasskey,
  RegistrationOptions,
  RegistrationResponse,
} from './passkeys/passkey.ts'
export { passkeyContract } from './passkeys/passkey-contract.ts'
export { PasskeyService, type PasskeyServiceDeps } from './passkeys/passkey-service.ts'
export { PasskeySignInService, type PasskeySignInServiceDeps } from './passkeys/passkey-sign-in-service.ts'

// Magic links
export { RequestMagicLink, VerifyMagicLink } from './magic-links/magic-link.ts'
export { magicLinkContract } from './magic-links/magic-link-contract.ts'
export { MagicLinkService, type MagicLinkServiceDeps } from './magic-links/magic-link-service.ts'

// Sessions
export { PresentedRefreshToken, Session, type SessionId, SignedOutAll, Tokens } from './sessions/session.ts'
export { sessionContract } from './sessions/session-contract.ts'
export { type NewSession, SessionService, type SessionServiceDeps } from './sessions/session-service.ts'

// Users
export { NewOperator, type Operator } from './users/operator.ts'
export { ImportedUser } from './users/imported-user.ts'
export { Me, Password, User, type UserId } from './users/user.ts'
export { userContract } from './users/user-contract.ts'
export { UserService, type UserServiceDeps } from './users/user-service.ts'

// Passwords
export {
  ChangePassword,
  ConfirmPasswordReset,
  ForgotPassword,
  StartPasswordReset,
} from './passwords/password.ts'
export { changePasswordUrlContract, passwordContract } from './passwords/password-contract.ts'
export { PasswordMailer, type PasswordMailerDeps } from './passwords/password-mailer.ts'
export { PasswordService, type PasswordServiceDeps } from './passwords/password-service.ts'

// Single sign-on
export {
  Connection,
  ConnectionPatch,
  NewConnection,
  ProvisionedRole,
  Provisioning,
} from './sso/connection.ts'
export { connectionContract } from './sso/connection-contract.ts'
export type { SsoConnectionId } from './sso/connection-id.ts'
export { ConnectionPreset } from './sso/connection-preset.ts'
export { ConnectionService, type ConnectionServiceDeps } from './sso/connection-service.ts'
export { DomainProof, NewDomain } from './sso/domain.ts'
export { domainContract } from './sso/domain-contract.ts'
export { DomainService, type DomainServiceDeps } from './sso/domain-service.ts'
export { FederatedAccounts, type FederatedAccountsDeps } from './sso/federated-accounts.ts'
export { IdentityService, type IdentityServiceDeps } from './sso/identity-service.ts'
export { Identity, Provider, ProviderQuery, SsoAnswer, StartedSso, StartLink, StartSso } from './sso/sso.ts'
export { ssoContract } from './sso/sso-contract.ts'
export { type FinishedSso, SsoFlow, type SsoFlowDeps } from './sso/sso-flow.ts'
export { SsoService, type SsoServiceDeps } from './sso/sso-service.ts'

// Throttling
export {
  type Attempt,
  AttemptBudget,
  type AttemptBudgetDeps,
  type AttemptSubject,
} from './throttling/attempt-budget.ts'
export type { AttemptLimits, Lockout } from './throttling/attempt-limits.ts'

// E-mail verification
export { VerifyEmail } from './email-verifications/email-verification.ts'
export { emailVerificationContract } from './email-verifications/email-verification-contract.ts'
export {
  EmailVerificationService,
  type EmailVerificationServiceDeps,
} from './email-verifications/email-verification-service.ts'

// Tokens and keys
export { AccessTokenClaims } from './tokens/access-token.ts'
export { AccessTokenService, type AccessTokenServiceDeps } from './tokens/access-token-service.ts'
export type { Pepper, PepperRing } from './tokens/pepper-ring.ts'
export { SigningKeySet } from './signing-keys/signing-key.ts'
export { signingKeyContract } from './signing-keys/signing-key-contract.ts'
export { SigningKeyService, type SigningKeyServiceDeps } from './signing-keys/signing-key-service.ts'

// Machines
export { ApiKey, type ApiKeyId, IssuedApiKey, NewApiKey } from './api-keys/api-key.ts'
export { apiKeyContract } from './api-keys/api-key-contract.ts'
export { ApiKeyService, type ApiKeyServiceDeps } from './api-keys/api-key-service.ts'
export { AccountCredential, IssuedCredential } from './service-accounts/account-credential.ts'
export { accountCredentialContract } from './service-accounts/account-credential-contract.ts'
export {
  AccountCredentialService,
  type AccountCredentialServiceDeps,
} from './service-accounts/account-credential-service.ts'
export {
  type DeclaredAccount,
  type DeclaredAccounts,
  defineServiceAccounts,
} from './service-accounts/declared-account.ts'
export {
  CreatedServiceAccount,
  NewServiceAccount,
  ServiceAccount,
} from './service-accounts/service-account.ts'
export { serviceAccountContract } from './service-accounts/service-account-contract.ts'
export {
  ServiceAccountService,
  type ServiceAccountServiceDeps,
} from './service-accounts/service-account-service.ts'
export { oauthContract } from './oauth/oauth-contract.ts'
export { OAuthErrors } from './oauth/oauth-errors.ts'
export { OAuthService, type OAuthServiceDeps } from './oauth/oauth-service.ts'
