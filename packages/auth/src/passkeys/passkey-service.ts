import { type Clock, hostOrigin, newId, type Origin, type UserPrincipal } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { confirmedOf, type FactorEnrolment, requireBoth } from '../factors/factor-enrolment.ts'
import type { FactorId } from '../factors/factor-id.ts'
import type { FactorService } from '../factors/factor-service.ts'
import type { RecoveryCodes } from '../factors/recovery-codes.ts'
import type { FactorRecord, FactorRepository } from '../ports/factor-repository.ts'
import type { MfaPolicyRepository } from '../ports/mfa-policy-repository.ts'
import type { PasskeyRecord, PasskeyRepository } from '../ports/passkey-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { Passkey, RegisteredPasskey, RegisterPasskey, RegistrationOptions } from './passkey.ts'
import type { PasskeyChallenges } from './passkey-challenges.ts'
import { passkeyProof } from './passkey-verifier.ts'
import type { RelyingParty } from './relying-party.ts'

/** Each is named in the options of the next registration. */
const mostPasskeys = 20

export interface PasskeyServiceDeps {
  readonly users: UserRepository
  readonly factors: FactorRepository
  readonly passkeys: PasskeyRepository
  readonly mfaPolicies: MfaPolicyRepository
  readonly factorService: Pick<FactorService, 'remove'>
  readonly factorEnrolment: FactorEnrolment
  readonly recoveryCodeForm: RecoveryCodes
  readonly passkeyChallenges: PasskeyChallenges
  readonly relyingParty: RelyingParty
  readonly clock: Clock
}

type Owner = Pick<UserPrincipal, 'userId' | 'tenantId' | 'sessionId' | 'aal' | 'amr'>

/** Passkeys of the caller. */
export class PasskeyService {
  readonly #deps: PasskeyServiceDeps

  constructor(deps: PasskeyServiceDeps) {
    this.#deps = deps
  }

  async list({ userId }: Pick<Owner, 'userId'>): Promise<{ data: Passkey[] }> {
    return { data: (await this.#deps.passkeys.list(userId)).map(shown) }
  }

  /**
   * What `navigator.credentials.create()` is to be called with.
   *
   * @throws `auth/mfa-off`, `auth/second-factor-needed`, `auth/too-many-factors`, `auth/session-ended`
   */
  async registrationOptions(owner: Owner): Promise<RegistrationOptions> {
    const { users, passkeys, passkeyChallenges, relyingParty } = this.#deps
    const user = await users.find(owner.userId)
    if (!user) throw AuthErrors.sessionEnded()
    await this.#confirmed(owner)
    const known = await passkeys.list(owner.userId)
    if (known.length >= mostPasskeys) throw AuthErrors.tooManyFactors()
    const challenge = await passkeyChallenges.issue('registration', owner.userId)
    return relyingParty.registrationOptions(user, known, challenge)
  }

  /**
   * Stores a passkey, which is a second factor beside a password and two factors by itself, and makes the session one of two. With
   * the first factor of a user come ten recovery codes, and every other session of theirs ends.
   *
   * @throws `auth/passkey-refused`, `auth/passkey-taken`, `auth/mfa-off`, `auth/second-factor-needed`, `auth/too-many-factors`,
   * `auth/session-ended`
   */
  async register(
    owner: Owner,
    {
      response,
      label = null,
    }: { readonly response: RegisterPasskey['response']; readonly label?: string | null | undefined },
    client: Origin = hostOrigin,
  ): Promise<RegisteredPasskey> {
    const { passkeyChallenges, relyingParty, recoveryCodeForm, factorEnrolment, clock } = this.#deps
    const { userId } = owner
    const confirmed = await this.#confirmed(owner)
    if (confirmed.filter(({ kind }) => kind === 'passkey').length >= mostPasskeys)
      throw AuthErrors.tooManyFactors()
    const credential = await relyingParty.verifyRegistration(response, (challenge) =>
      passkeyChallenges.open(challenge, 'registration', userId),
    )
    if (!credential) throw AuthErrors.passkeyRefused()
    const { challenge, ...keys } = credential
    const id = newId('aut', clock)
    const passkey = { ...keys, id, userId, label, createdAt: clock.now() }
    const issued = confirmed.length === 0 ? await recoveryCodeForm.issue() : null
    const origin = { ...client, actorId: userId }
    const enrolled = AuthEvents.factorEnrolled(null, { userId, factorId: id, kind: 'passkey' }, origin)
    const tokens = await factorEnrolment.complete(
      owner,
      {
        recoveryCodes: issued?.codes ?? [],
        claim: async ({ nonces, passkeys, recoveryCodes }) => {
          if (!(await nonces.claim(challenge.digest, challenge.expiresAt))) throw AuthErrors.passkeyRefused()
          await passkeys.insert(passkey, [enrolled])
          if (issued) await recoveryCodes.replace(userId, issued.digests, [])
          return true
        },
      },
      passkeyProof,
      client,
    )
    return {
      passkey: shown({ ...passkey, lastUsedAt: null }),
      recoveryCodes: [...(issued?.codes ?? [])],
      tokens,
    }
  }

  /** @throws `auth/factor-not-found`, `auth/factor-required`, `auth/second-factor-needed` */
  remove(owner: Owner, id: FactorId, client: Origin = hostOrigin): Promise<void> {
    return this.#deps.factorService.remove(owner, id, client, ['passkey'])
  }

  /** Factors of who may enrol another one. */
  async #confirmed(owner: Owner): Promise<readonly FactorRecord[]> {
    const { factors, mfaPolicies } = this.#deps
    if ((await mfaPolicies.find(owner.tenantId)) === 'off') throw AuthErrors.mfaOff()
    const confirmed = confirmedOf(await factors.list(owner.userId))
    requireBoth(owner, confirmed)
    return confirmed
  }
}

const shown = ({ id, label, backedUp, createdAt, lastUsedAt }: PasskeyRecord): Passkey => ({
  id,
  label,
  synced: backedUp,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})
