import { AuthErrors } from '../auth-errors.ts'
import type { EmailVerificationService } from '../email-verifications/email-verification-service.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { AttemptBudget } from '../throttling/attempt-budget.ts'
import type { Passwords } from '../users/passwords.ts'
import type { SignInCompletion } from './sign-in-completion.ts'
import type { SignInRefusals } from './sign-in-refusals.ts'
import type { SignIn, SignInClient, SignInOutcome } from './sign-in.ts'

export interface SignInServiceDeps {
  readonly users: UserRepository
  readonly passwords: Passwords
  readonly attemptBudget: AttemptBudget
  readonly signInRefusals: SignInRefusals
  readonly signInCompletion: SignInCompletion
  readonly emailVerifications: Pick<EmailVerificationService, 'requestFor'>
  /** Whether an address must be verified before anybody signs in with it. */
  readonly requireEmailVerification: boolean
}

/** Signing in with e-mail and password. */
export class SignInService {
  readonly #deps: SignInServiceDeps

  constructor(deps: SignInServiceDeps) {
    this.#deps = deps
  }

  /**
   * Opens a session, or asks for a second factor, in the given tenant, or in the one joined first. At most three statements. An
   * unknown e-mail costs the same slow hash as a wrong password. Where addresses must be verified, the right password of one that
   * is not gets the answer of a wrong one, and a fresh link goes to the address.
   *
   * @throws `auth/invalid-credentials`; `auth/too-many-attempts` with the time of the next one; `auth/not-a-member` only after the password was right.
   */
  async signIn({ email, password, tenantId }: SignIn, client: SignInClient): Promise<SignInOutcome> {
    const { users, passwords, attemptBudget, signInCompletion, signInRefusals } = this.#deps
    const { emailVerifications, requireEmailVerification } = this.#deps
    const query = await attemptBudget.queryOf({ email, client })
    const { candidate, attempts } = await users.findForAttempt(email, query)
    const attempt = await attemptBudget.admit(query, attempts, tenantId)
    const isRight = await passwords.verify(password, candidate?.credential ?? null)
    if (!candidate || !isRight || attempt.isExhausted) {
      await attempt.fail(candidate?.user.id ?? null)
      await signInRefusals.record('invalid_credentials', candidate, { tenantId, client })
      throw AuthErrors.invalidCredentials()
    }
    if (requireEmailVerification && !candidate.user.emailVerified) {
      // In the statement that a wrong password takes as well.
      const { id: userId } = candidate.user
      await attempt.fail(userId, await emailVerifications.requestFor({ tenantId: null, userId }, client))
      await signInRefusals.record('email_unverified', candidate, { tenantId, client })
      throw AuthErrors.invalidCredentials()
    }
    await this.#renew(candidate, password)
    const { spentKeys } = attempt
    return signInCompletion.complete({
      candidate,
      proof: { amr: ['pwd'], aal: 1 },
      tenantId,
      client,
      spentKeys,
    })
  }

  /** Does what the first sign-in would otherwise have to wait for. */
  async prepare(): Promise<void> {
    await this.#deps.passwords.prepare()
  }

  /** Brings a hash up to the present pepper and parameters while the password is at hand. */
  async #renew({ user, credential }: SignInCandidate, password: string): Promise<void> {
    const { users, passwords } = this.#deps
    if (!passwords.isStale(credential)) return
    await users.replaceCredential(user.id, await passwords.hash(password), credential)
  }
}
