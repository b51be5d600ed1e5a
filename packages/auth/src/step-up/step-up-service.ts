import type { Transaction, UserPrincipal } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import type { FactorTrial } from '../factors/factor-trial.ts'
import type { FactorVerifier } from '../factors/factor-verifier.ts'
import type { FactorClaim } from '../factors/factor.ts'
import { passkeyProof } from '../passkeys/passkey-verifier.ts'
import type { AttemptRepository } from '../ports/attempt-repository.ts'
import type { FactorRepository } from '../ports/factor-repository.ts'
import type { NonceRepository } from '../ports/nonce-repository.ts'
import type { PasskeyRepository } from '../ports/passkey-repository.ts'
import type { RecoveryCodeRepository } from '../ports/recovery-code-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { SessionService } from '../sessions/session-service.ts'
import type { Tokens } from '../sessions/session.ts'
import type { Proof, SignInClient } from '../sign-in/sign-in.ts'
import type { Passwords } from '../users/passwords.ts'
import type { StepUp } from './step-up.ts'

interface Repositories {
  readonly factors: FactorRepository
  readonly recoveryCodes: RecoveryCodeRepository
  readonly passkeys: PasskeyRepository
  readonly nonces: NonceRepository
  readonly sessions: SessionRepository
  readonly attempts: AttemptRepository
}

export interface StepUpServiceDeps {
  readonly users: UserRepository
  readonly passwords: Passwords
  readonly factorVerifier: FactorVerifier
  readonly factorTrial: FactorTrial
  readonly sessionService: Pick<SessionService, 'elevate'>
  readonly transaction: Transaction<Repositories>
}

/** Authenticating again within a session. */
export class StepUpService {
  readonly #deps: StepUpServiceDeps

  constructor(deps: StepUpServiceDeps) {
    this.#deps = deps
  }

  /**
   * Proves once more who the user of a session is, and gives it new tokens that say so (RFC 9470). The session keeps its id; its
   * earlier refresh tokens count as replaced. A second factor makes it one of two factors.
   *
   * @throws `auth/invalid-factor`, `auth/too-many-attempts`, `auth/session-ended`
   */
  async authenticate(
    owner: Pick<UserPrincipal, 'userId' | 'tenantId' | 'sessionId' | 'amr'>,
    presented: StepUp,
    client: SignInClient,
  ): Promise<Tokens> {
    const { users, factorTrial, sessionService, transaction } = this.#deps
    const candidate = await users.findForSignInById(owner.userId)
    if (!candidate) throw AuthErrors.sessionEnded()
    const { user } = candidate
    const { proved: claim, spentKeys } = await factorTrial.of(
      { user, tenantId: owner.tenantId, client },
      () => this.#match(candidate, presented, client),
    )
    return sessionService.elevate(owner, proofOf[presented.method], client, (elevation, events) =>
      transaction(async (scope) => {
        if (!(await claim(scope))) throw AuthErrors.invalidFactor()
        const elevated = await scope.sessions.elevate(elevation, events)
        if (!elevated) throw AuthErrors.sessionEnded()
        await scope.attempts.clear(user.id, spentKeys)
        return elevated
      }),
    )
  }

  async #match(
    { user, credential }: SignInCandidate,
    presented: StepUp,
    client: SignInClient,
  ): Promise<FactorClaim | null> {
    if (presented.method !== 'password') return this.#deps.factorVerifier.match(user.id, presented, client)
    const isRight = await this.#deps.passwords.verify(presented.password, credential)
    return isRight ? async () => true : null
  }
}

/** A factor is the second one: the session was opened with another. RFC 8176 has no name for a recovery code. */
const proofOf: Readonly<Record<StepUp['method'], Proof>> = {
  password: { amr: ['pwd'], aal: 1 },
  totp: { amr: ['otp', 'mfa'], aal: 2 },
  recovery: { amr: ['recovery', 'mfa'], aal: 2 },
  passkey: passkeyProof,
}
