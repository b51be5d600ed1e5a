// Module
export { auth, type AuthOptions, type AuthServices, type AuthUses } from './auth-module.ts'

// Catalogues
export { AuthErrors } from './auth-errors.ts'
export { AuthEvents } from './auth-events.ts'
export { AuthJobs } from './auth-jobs.ts'
export { AuthMetrics } from './auth-metrics.ts'
export { AuthSettings } from './auth-settings.ts'

// Sign-up
export { Registration, SignUp } from './sign-up/sign-up.ts'
export { signUpContract } from './sign-up/sign-up-contract.ts'
export { SignUpService, type SignUpServiceDeps } from './sign-up/sign-up-service.ts'

// Sessions
export {
  PresentedRefreshToken,
  Session,
  type SessionId,
  SignedOutAll,
  SignIn,
  Tokens,
} from './sessions/session.ts'
export { sessionContract } from './sessions/session-contract.ts'
export { SessionService, type SessionServiceDeps } from './sessions/session-service.ts'

// Users
export { NewOperator, type Operator } from './users/operator.ts'
export { Me, Password, User, type UserId } from './users/user.ts'
export { userContract } from './users/user-contract.ts'
export { UserService, type UserServiceDeps } from './users/user-service.ts'

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
