import { hostOrigin } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import type { EmailVerificationService } from '../email-verifications/email-verification-service.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { SignInCompletion } from '../sign-in/sign-in-completion.ts'
import type { SignInRefusals } from '../sign-in/sign-in-refusals.ts'
import type { SignInClient, SignInOutcome } from '../sign-in/sign-in.ts'
import type { AuthenticationOptions, PasskeySignIn } from './passkey.ts'
import { passkeyProof, type PasskeyVerifier } from './passkey-verifier.ts'

export interface PasskeySignInServiceDeps {
  readonly users: UserRepository
  readonly passkeyVerifier: PasskeyVerifier
  readonly signInCompletion: SignInCompletion
  readonly emailVerifications: Pick<EmailVerificationService, 'request'>
  readonly signInRefusals: SignInRefusals
  /** Whether an address must be verified before anybody signs in with it. */
  readonly requireEmailVerification: boolean
}

/**
 * Signing in with a passkey. No signature is guessed, so the budget of attempts neither counts nor stops one: who has a passkey
 * gets in while strangers hold the account locked.
 */
export class PasskeySignInService {
  readonly #deps: PasskeySignInServiceDeps

  constructor(deps: PasskeySignInServiceDeps) {
    this.#deps = deps
  }

  /** What `navigator.credentials.get()` is to be called with. They do as well for a second step and for authenticating again. */
  options(client: SignInClient = hostOrigin): Promise<AuthenticationOptions> {
    return this.#deps.passkeyVerifier.options(client)
  }

  /**
   * Opens a session of two factors, in the given tenant or in the one joined first; four statements. Where addresses must be verified
   * and this one is not, a fresh link goes to it.
   *
   * @throws `auth/invalid-passkey`; `auth/not-a-member` only after the passkey was right.
   */
  async signIn({ response, tenantId }: PasskeySignIn, client: SignInClient): Promise<SignInOutcome> {
    const { users, passkeyVerifier, signInCompletion, signInRefusals } = this.#deps
    const { emailVerifications, requireEmailVerification } = this.#deps
    const passkey = await passkeyVerifier.prove(response, client)
    const candidate = passkey && (await users.findForSignInById(passkey.userId))
    if (!candidate) {
      await signInRefusals.record('invalid_passkey', null, { tenantId, client })
      throw AuthErrors.invalidPasskey()
    }
    if (requireEmailVerification && !candidate.user.emailVerified) {
      const { id: userId } = candidate.user
      await emailVerifications.request({ tenantId: null, userId }, client)
      await signInRefusals.record('email_unverified', candidate, { tenantId, client })
      throw AuthErrors.invalidPasskey()
    }
    return signInCompletion.complete({ candidate, proof: passkeyProof, tenantId, client })
  }
}
