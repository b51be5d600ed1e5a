import type { EmailVerificationRepository } from './email-verification-repository.ts'
import type { SessionRepository } from './session-repository.ts'
import type { UserRepository } from './user-repository.ts'

/** Everything that the auth module keeps. */
export interface AuthRepositories {
  readonly users: UserRepository
  readonly sessions: SessionRepository
  readonly emailVerifications: EmailVerificationRepository
}
