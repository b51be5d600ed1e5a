import type { Clock, Transaction, UserPrincipal } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import type { FactorRecord, FactorRepository } from '../ports/factor-repository.ts'
import type { NonceRepository } from '../ports/nonce-repository.ts'
import type { PasskeyRepository } from '../ports/passkey-repository.ts'
import type { RecoveryCodeRepository } from '../ports/recovery-code-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { SessionService } from '../sessions/session-service.ts'
import type { SessionId, Tokens } from '../sessions/session.ts'
import type { Proof, SignInClient } from '../sign-in/sign-in.ts'
import type { RevocationList } from '../tokens/revocation-list.ts'
import type { Confirmation } from './factor-verifier.ts'

export interface FactorEnrolmentDeps {
  readonly sessionService: Pick<SessionService, 'elevate'>
  readonly revocations: Pick<RevocationList, 'add'>
  readonly clock: Clock
  readonly transaction: Transaction<{
    readonly factors: FactorRepository
    readonly recoveryCodes: RecoveryCodeRepository
    readonly passkeys: PasskeyRepository
    readonly nonces: NonceRepository
    readonly sessions: SessionRepository
  }>
}

type Owner = Pick<UserPrincipal, 'userId' | 'tenantId' | 'sessionId' | 'aal' | 'amr'>

/** The last step of enrolling a factor within a session, whatever its kind. */
export class FactorEnrolment {
  readonly #deps: FactorEnrolmentDeps

  constructor(deps: FactorEnrolmentDeps) {
    this.#deps = deps
  }

  /**
   * Claims the factor and gives the session tokens of two factors, in one transaction. With the first factor of a user every other
   * session of theirs ends: none of them has it.
   *
   * @throws `auth/invalid-factor` when somebody else was faster, `auth/session-ended`
   */
  async complete(
    owner: Owner,
    { claim, recoveryCodes }: Pick<Confirmation, 'claim' | 'recoveryCodes'>,
    proof: Proof,
    client: SignInClient,
  ): Promise<Tokens> {
    const { sessionService, revocations, clock, transaction } = this.#deps
    const { userId, sessionId } = owner
    const now = clock.now()
    let ended: readonly SessionId[] = []
    const tokens = await sessionService.elevate(owner, proof, client, (elevation, events) =>
      transaction(async (scope) => {
        if (!(await claim(scope))) throw AuthErrors.invalidFactor()
        if (recoveryCodes.length > 0)
          ended = await scope.sessions.revokeAll(userId, now, 'factor-enrolled', [], sessionId)
        const elevated = await scope.sessions.elevate(elevation, events)
        if (!elevated) throw AuthErrors.sessionEnded()
        return elevated
      }),
    )
    for (const one of ended) revocations.add(one, now)
    return tokens
  }
}

export const confirmedOf = (factors: readonly FactorRecord[]): readonly FactorRecord[] =>
  factors.filter(({ confirmedAt }) => confirmedAt !== null)

/** Who has two factors needs both to change them (ASVS 5.0 V7.5.1). RFC 9470 §3 says so in the header. */
export function requireBoth({ aal }: Pick<Owner, 'aal'>, confirmed: readonly FactorRecord[]): void {
  if (confirmed.length === 0 || aal === 2) return
  throw AuthErrors.secondFactorNeeded({
    headers: {
      'www-authenticate': 'Bearer error="insufficient_user_authentication", acr_values="aal2"',
    },
  })
}
