import type { Clock, Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { AuthEvents } from '../auth-events.ts'
import type { PasskeyRecord, PasskeyRepository } from '../ports/passkey-repository.ts'
import type { SignInChallengeTokens } from '../sign-in/sign-in-challenge-tokens.ts'
import type { SignInClient } from '../sign-in/sign-in.ts'
import type { UserId } from '../users/user.ts'
import type { AuthenticationOptions, AuthenticationResponse } from './passkey.ts'
import type { PasskeyChallenges } from './passkey-challenges.ts'
import { type RelyingParty, userHandleOf } from './relying-party.ts'

export interface PasskeyVerifierDeps {
  readonly passkeys: PasskeyRepository
  readonly passkeyChallenges: PasskeyChallenges
  readonly challengeTokens: SignInChallengeTokens
  readonly relyingParty: RelyingParty
  readonly clock: Clock
  readonly transaction: Transaction<{ readonly events: EventRecorder }>
}

/** What a passkey proves (RFC 8176): the possession of a key, and by the verification of its user a second factor. */
export const passkeyProof = { amr: ['pop', 'mfa'], aal: 2 } as const

/** Lets authenticators sign, for whatever end: a sign-in, its second step, or authenticating again. */
export class PasskeyVerifier {
  readonly #deps: PasskeyVerifierDeps

  constructor(deps: PasskeyVerifierDeps) {
    this.#deps = deps
  }

  /** Costs no statement, and names no account: every passkey is discoverable. */
  async options(client: SignInClient): Promise<AuthenticationOptions> {
    const { passkeyChallenges, challengeTokens, relyingParty } = this.#deps
    const subject = await challengeTokens.clientOf(client)
    return relyingParty.authenticationOptions(await passkeyChallenges.issue('authentication', subject))
  }

  /**
   * The passkey that has signed, null when anything is wrong. A challenge proves once, of concurrent callers for one of them. A
   * counter that goes back refuses, and tells the owner that there may be a copy of the key.
   *
   * @param owner - Whose passkey it must be.
   */
  async prove(
    response: AuthenticationResponse,
    client: SignInClient,
    owner: UserId | null = null,
  ): Promise<PasskeyRecord | null> {
    const { passkeys, passkeyChallenges, challengeTokens, relyingParty, clock } = this.#deps
    const passkey = await passkeys.find(response.id)
    if (!passkey || (owner !== null && passkey.userId !== owner)) return null
    if (response.response.userHandle !== userHandleOf(passkey.userId)) return null
    const subject = await challengeTokens.clientOf(client)
    const assertion = await relyingParty.verifyAssertion(response, passkey, (challenge) =>
      passkeyChallenges.open(challenge, 'authentication', subject),
    )
    if (!assertion) return null
    const claim = await passkeys.claim({ passkey, ...assertion, now: clock.now() })
    if (claim === 'refused') await this.#suspect(passkey, client)
    return claim === 'claimed' ? passkey : null
  }

  /** Only who has the key can cause it. */
  async #suspect({ userId, id: factorId }: PasskeyRecord, client: SignInClient): Promise<void> {
    const suspected = AuthEvents.passkeyCopySuspected(null, { userId, factorId }, client)
    await this.#deps.transaction(({ events }) => events.record(suspected))
  }
}
