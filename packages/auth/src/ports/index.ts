// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export { AuthErrors } from '../auth-errors.ts'
export type { Credential } from '../users/credential.ts'
export type { User, UserId } from '../users/user.ts'
export type { SessionId } from '../sessions/session.ts'
export type { AuthRepositories } from './auth-repositories.ts'
export { authRepositoriesConformance } from './auth-repositories.conformance.ts'
export { memoryAuthRepositories } from './auth-repositories.memory.ts'
export { type AuthTables, authTables } from './auth-tables.memory.ts'
export type { EmailVerification, EmailVerificationRepository } from './email-verification-repository.ts'
export type { PasswordHasher } from './password-hasher.ts'
export { passwordHasherConformance } from './password-hasher.conformance.ts'
export type {
  RevocationReason,
  RotatedSession,
  Rotation,
  RotationOutcome,
  SessionRecord,
  SessionRepository,
} from './session-repository.ts'
export type { AuthStorage } from './samples.conformance.ts'
export type { TenantDirectory } from './tenant-directory.ts'
export type { NewUser, SignInCandidate, UserRepository } from './user-repository.ts'
