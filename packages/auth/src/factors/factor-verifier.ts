import type { Clock, Origin } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import { AuthEvents } from '../auth-events.ts'
import type { AuthenticationResponse } from '../passkeys/passkey.ts'
import type { PasskeyVerifier } from '../passkeys/passkey-verifier.ts'
import type { FactorRecord, FactorRepository } from '../ports/factor-repository.ts'
import type { UserId } from '../users/user.ts'
import type { FactorId } from './factor-id.ts'
import type { FactorClaim, PresentedFactor } from './factor.ts'
import type { RecoveryCodes } from './recovery-codes.ts'
import { findTotpStep } from './totp.ts'

export interface FactorVerifierDeps {
  readonly factors: FactorRepository
  readonly recoveryCodeForm: RecoveryCodes
  readonly passkeyVerifier: PasskeyVerifier
  readonly keyVault: KeyVault
  readonly clock: Clock
}

/** A right code of a factor that is not confirmed yet; claiming it confirms the factor. */
export interface Confirmation {
  readonly factorId: FactorId
  readonly claim: FactorClaim
  /** To show once; empty unless it is the first factor of the user. */
  readonly recoveryCodes: readonly string[]
}

/** What a sealed secret is bound to. Users belong to no tenant. */
export const factorContext = (userId: UserId, id: FactorId): string => `-|${userId}|factors.secret|${id}`

/** Compares what is presented. What a right factor is worth must be claimed. */
export class FactorVerifier {
  readonly #deps: FactorVerifierDeps

  constructor(deps: FactorVerifierDeps) {
    this.#deps = deps
  }

  /** Null when the code is wrong. */
  async match(userId: UserId, presented: PresentedFactor, client: Origin): Promise<FactorClaim | null> {
    switch (presented.method) {
      case 'totp':
        return this.#matchTotp(userId, presented.code)
      case 'recovery':
        return this.#matchRecoveryCode(userId, presented.code, client)
      case 'passkey':
        return this.#matchPasskey(userId, presented.response, client)
    }
  }

  /** The factor that waits for its first code; null when there is none or the code is wrong. */
  async matchPending(
    userId: UserId,
    { code, id }: { readonly code: string; readonly id?: FactorId },
    client: Origin,
  ): Promise<Confirmation | null> {
    const { factors, recoveryCodeForm, clock } = this.#deps
    const all = await factors.list(userId)
    const pending = all.find(
      (factor) => factor.confirmedAt === null && (id === undefined || factor.id === id),
    )
    const now = clock.now()
    const step = pending ? await this.#stepOf(pending, code, now) : null
    if (!pending || step === null) return null
    const isFirst = all.every(({ confirmedAt }) => confirmedAt === null)
    const issued = isFirst ? await recoveryCodeForm.issue() : null
    const { id: factorId, kind } = pending
    const enrolled = AuthEvents.factorEnrolled(
      null,
      { userId, factorId, kind },
      { ...client, actorId: userId },
    )
    return {
      factorId,
      recoveryCodes: issued?.codes ?? [],
      claim: async (scope) => {
        if (!(await scope.factors.confirm(userId, factorId, step, now, [enrolled]))) return false
        if (issued) await scope.recoveryCodes.replace(userId, issued.digests, [])
        return true
      },
    }
  }

  async #matchTotp(userId: UserId, code: string): Promise<FactorClaim | null> {
    const now = this.#deps.clock.now()
    for (const factor of await this.#deps.factors.list(userId)) {
      if (factor.kind !== 'totp' || factor.confirmedAt === null) continue
      const step = await this.#stepOf(factor, code, now)
      if (step !== null) return ({ factors }) => factors.claim(userId, factor.id, step, now)
    }
    return null
  }

  /** Its challenge and its counter are used up at once, whatever comes of the claim: another signature costs nothing. */
  async #matchPasskey(
    userId: UserId,
    response: AuthenticationResponse,
    client: Origin,
  ): Promise<FactorClaim | null> {
    return (await this.#deps.passkeyVerifier.prove(response, client, userId)) && (async () => true)
  }

  async #matchRecoveryCode(userId: UserId, code: string, client: Origin): Promise<FactorClaim | null> {
    const digests = await this.#deps.recoveryCodeForm.digestsOf(code)
    if (digests.length === 0) return null
    const used = AuthEvents.recoveryCodeUsed(null, { userId }, { ...client, actorId: userId })
    return ({ recoveryCodes }) => recoveryCodes.redeem(userId, digests, [used])
  }

  async #stepOf({ id, userId, secret }: FactorRecord, code: string, now: Date): Promise<number | null> {
    if (secret === null) return null
    const plain = await this.#deps.keyVault.open(secret, factorContext(userId, id))
    return findTotpStep(plain, code, now)
  }
}
