import { addMilliseconds, type Clock, type Id, milliseconds } from '@corbel/core'
import type { Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { SignInChallengeRepository } from '../ports/sign-in-challenge-repository.ts'
import type { SignInCandidate } from '../ports/user-repository.ts'
import type { SessionService } from '../sessions/session-service.ts'
import type { SignInChallengeTokens } from './sign-in-challenge-tokens.ts'
import type { Proof, SignInClient, SignInOutcome } from './sign-in.ts'

export interface SignInCompletionDeps {
  readonly signInChallenges: SignInChallengeRepository
  readonly challengeTokens: SignInChallengeTokens
  readonly sessions: Pick<SessionService, 'open'>
  readonly clock: Clock
  readonly meter: Meter
  /** For how many minutes a challenge can be answered. */
  readonly challengeMinutes: number
}

/** A first factor that was right. */
export interface ProvedSignIn {
  readonly candidate: SignInCandidate
  readonly proof: Proof
  /** The tenant to sign in to. Without it: the one joined first. */
  readonly tenantId?: Id<'ten'> | undefined
  readonly client: SignInClient
  /** Of the attempt that proved it; an opened session forgets their failures. */
  readonly spentKeys?: readonly string[]
}

/**
 * The one door: whatever proved the first factor, here it is decided whether that is enough. A session is never opened below
 * what the user's factors and the policy of the tenant ask for.
 */
export class SignInCompletion {
  readonly #deps: SignInCompletionDeps

  constructor(deps: SignInCompletionDeps) {
    this.#deps = deps
  }

  /** Opens a session, or asks for a second factor; one statement either way. @throws `auth/account-disabled`, `auth/not-a-member` */
  async complete({
    candidate,
    proof,
    tenantId,
    client,
    spentKeys = [],
  }: ProvedSignIn): Promise<SignInOutcome> {
    const { user, operator, factors, memberships } = candidate
    const membership = memberships.find((joined) => tenantId === undefined || joined.tenantId === tenantId)
    if (candidate.isDisabled) throw this.#counted('disabled', AuthErrors.accountDisabled())
    if (!membership) throw this.#counted('not_a_member', AuthErrors.notAMember())
    const isEnough = proof.aal === 2 || (factors.length === 0 && membership.mfa !== 'required')
    if (!isEnough) return this.#challenge(candidate, proof, membership.tenantId, client)
    const tokens = await this.#deps.sessions.open({
      userId: user.id,
      tenantId: membership.tenantId,
      role: membership.role,
      scopes: membership.scopes,
      emailVerified: user.emailVerified,
      operator,
      proof,
      client,
      spentKeys,
    })
    this.#count('success')
    return { status: 'signed-in', tokens }
  }

  async #challenge(
    { user, factors, hasRecoveryCodes }: SignInCandidate,
    { amr }: Proof,
    tenantId: Id<'ten'>,
    client: SignInClient,
  ): Promise<SignInOutcome> {
    const { signInChallenges, challengeTokens, clock, challengeMinutes } = this.#deps
    const challengeToken = challengeTokens.issue()
    await signInChallenges.insert({
      digest: await challengeTokens.digestOf(challengeToken),
      tenantId,
      userId: user.id,
      client: await challengeTokens.clientOf(client),
      amr,
      expiresAt: addMilliseconds(clock.now(), milliseconds(`${challengeMinutes}m`)),
    })
    this.#count('challenged')
    const isEnrolled = factors.length > 0
    return {
      status: 'challenged',
      challenge: {
        challengeToken,
        expiresIn: challengeMinutes * 60,
        methods: isEnrolled && hasRecoveryCodes ? [...factors, 'recovery'] : [...factors],
        enroll: isEnrolled ? [] : ['totp'],
      },
    }
  }

  #counted(outcome: string, error: Error): Error {
    this.#count(outcome)
    return error
  }

  #count(outcome: string): void {
    this.#deps.meter.counter(AuthMetrics.signIn).add({ outcome })
  }
}
