import { before, type Clock, type Transaction } from '@corbel/core'
import type { EventRecorder, Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { FactorService } from '../factors/factor-service.ts'
import type { FactorTrial } from '../factors/factor-trial.ts'
import type { FactorVerifier } from '../factors/factor-verifier.ts'
import type { FactorClaim, TotpEnrollment } from '../factors/factor.ts'
import type { FactorRepository } from '../ports/factor-repository.ts'
import type { NonceRepository } from '../ports/nonce-repository.ts'
import type { PasskeyRepository } from '../ports/passkey-repository.ts'
import type { RecoveryCodeRepository } from '../ports/recovery-code-repository.ts'
import type { SessionRepository } from '../ports/session-repository.ts'
import type { OpenChallenge, SignInChallengeRepository } from '../ports/sign-in-challenge-repository.ts'
import type { SignInCandidate, UserRepository } from '../ports/user-repository.ts'
import type { SessionService } from '../sessions/session-service.ts'
import type { ChallengeAnswer, CompletedSignIn } from './challenge-answer.ts'
import type { SignInChallengeTokens } from './sign-in-challenge-tokens.ts'
import type { SignInClient } from './sign-in.ts'

/** Codes that may be tried with one challenge; those of the account count on. */
const mostAttempts = 5

export interface SignInChallengeServiceDeps {
  readonly users: UserRepository
  readonly signInChallenges: SignInChallengeRepository
  readonly challengeTokens: SignInChallengeTokens
  readonly factorVerifier: FactorVerifier
  readonly factorService: Pick<FactorService, 'startTotp'>
  readonly sessionService: Pick<SessionService, 'open'>
  readonly factorTrial: FactorTrial
  readonly clock: Clock
  readonly meter: Meter
  readonly transaction: Transaction<{
    readonly factors: FactorRepository
    readonly recoveryCodes: RecoveryCodeRepository
    readonly passkeys: PasskeyRepository
    readonly nonces: NonceRepository
    readonly signInChallenges: SignInChallengeRepository
    readonly sessions: SessionRepository
    readonly events: EventRecorder
  }>
}

interface Answer {
  readonly claim: FactorClaim
  readonly recoveryCodes: readonly string[]
}

/** The second step of a sign-in. */
export class SignInChallengeService {
  readonly #deps: SignInChallengeServiceDeps

  constructor(deps: SignInChallengeServiceDeps) {
    this.#deps = deps
  }

  /**
   * Opens the session that a challenge stands for. The code, the challenge and the session are one transaction: of concurrent
   * callers one gets tokens.
   *
   * @throws `auth/invalid-challenge`, `auth/invalid-factor`, `auth/too-many-attempts`, `auth/account-disabled`,
   * `auth/not-a-member`
   */
  async complete(answer: ChallengeAnswer, client: SignInClient): Promise<CompletedSignIn> {
    const { factorTrial, sessionService, transaction, clock, meter } = this.#deps
    const { challenge, candidate } = await this.#open(answer.challengeToken, client, mostAttempts)
    const { user, operator } = candidate
    const { tenantId } = challenge
    const membership = candidate.memberships.find((joined) => joined.tenantId === tenantId)
    if (candidate.isDisabled) throw AuthErrors.accountDisabled()
    if (!membership) throw AuthErrors.notAMember()
    const { proved, spentKeys } = await factorTrial.of({ user, tenantId, client }, () =>
      this.#match(candidate, answer, client),
    )
    const tokens = await sessionService.open(
      {
        userId: user.id,
        tenantId,
        role: membership.role,
        scopes: membership.scopes,
        emailVerified: user.emailVerified,
        operator,
        proof: { amr: [...challenge.amr, ...amrOf[answer.method], 'mfa'], aal: 2 },
        client,
        spentKeys,
      },
      (...stored) =>
        transaction(async (scope) => {
          if (!(await scope.signInChallenges.redeem(challenge, clock.now())))
            throw AuthErrors.invalidChallenge()
          if (!(await proved.claim(scope))) throw AuthErrors.invalidFactor()
          return scope.sessions.open(...stored)
        }),
    )
    meter.counter(AuthMetrics.signIn).add({ outcome: 'success' })
    const { recoveryCodes } = proved
    return { ...tokens, ...(recoveryCodes.length > 0 && { recoveryCodes: [...recoveryCodes] }) }
  }

  /**
   * Begins to enrol an authenticator app within a sign-in that needs one. The session opens with its first code, never before.
   *
   * @throws `auth/invalid-challenge`, `auth/factor-enrolled`
   */
  async enroll(
    {
      challengeToken,
      label = null,
    }: { readonly challengeToken: string; readonly label?: string | null | undefined },
    client: SignInClient,
  ): Promise<TotpEnrollment> {
    const { candidate } = await this.#open(challengeToken, client, null)
    if (candidate.factors.length > 0) throw AuthErrors.factorEnrolled()
    return this.#deps.factorService.startTotp(candidate.user, label)
  }

  /** Forgets challenges that expired more than a day ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.signInChallenges.purge(before(this.#deps.clock.now(), '1d'))
  }

  /** @param limit - With it, the look-up counts as an attempt. */
  async #open(
    token: string,
    client: SignInClient,
    limit: number | null,
  ): Promise<{ readonly challenge: OpenChallenge; readonly candidate: SignInCandidate }> {
    const { users, signInChallenges, challengeTokens, clock } = this.#deps
    if (!challengeTokens.isToken(token)) throw AuthErrors.invalidChallenge()
    const digest = await challengeTokens.digestOf(token)
    const from = await challengeTokens.clientOf(client)
    const now = clock.now()
    const challenge = await (limit === null
      ? signInChallenges.find(digest, from, now)
      : signInChallenges.attempt(digest, from, now, limit))
    const candidate = challenge && (await users.findForSignInById(challenge.userId))
    if (!challenge || !candidate) throw AuthErrors.invalidChallenge()
    return { challenge, candidate }
  }

  /** Who has no factor yet may present the one that this sign-in enrolled. */
  async #match(
    { user, factors }: SignInCandidate,
    answer: ChallengeAnswer,
    client: SignInClient,
  ): Promise<Answer | null> {
    const { factorVerifier } = this.#deps
    if (factors.length === 0)
      return answer.method === 'totp' ? factorVerifier.matchPending(user.id, answer, client) : null
    const claim = await factorVerifier.match(user.id, answer, client)
    return claim && { claim, recoveryCodes: [] }
  }
}

/** RFC 8176 has no name for a recovery code. */
const amrOf = { totp: ['otp'], recovery: ['recovery'], passkey: ['pop'] } as const
