import {
  type Clock,
  hostOrigin,
  newId,
  type Origin,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { FactorRecord, FactorRepository } from '../ports/factor-repository.ts'
import type { MfaPolicyRepository } from '../ports/mfa-policy-repository.ts'
import type { RecoveryCodeRepository } from '../ports/recovery-code-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { SignInClient } from '../sign-in/sign-in.ts'
import type { User } from '../users/user.ts'
import { rfc4648, toBase32 } from './base32.ts'
import { confirmedOf, type FactorEnrolment, requireBoth } from './factor-enrolment.ts'
import type { FactorId } from './factor-id.ts'
import { FactorKind } from './factor-kind.ts'
import type { FactorTrial } from './factor-trial.ts'
import { factorContext, type FactorVerifier } from './factor-verifier.ts'
import type {
  Factor,
  FactorOverview,
  RecoveryCodeList,
  TotpEnrollment,
  VerifiedTotp,
  VerifyTotp,
} from './factor.ts'
import type { RecoveryCodes } from './recovery-codes.ts'
import { newTotpSecret, totpUri } from './totp.ts'

/** Each is opened for every code that is presented, so there are only a few. */
const mostFactors = 5

export interface FactorServiceDeps {
  readonly users: UserRepository
  readonly factors: FactorRepository
  readonly recoveryCodes: RecoveryCodeRepository
  readonly mfaPolicies: MfaPolicyRepository
  readonly factorVerifier: FactorVerifier
  readonly factorTrial: FactorTrial
  readonly factorEnrolment: FactorEnrolment
  readonly recoveryCodeForm: RecoveryCodes
  readonly keyVault: KeyVault
  readonly clock: Clock
  readonly appName: string
  readonly transaction: Transaction<{
    readonly factors: FactorRepository
    readonly recoveryCodes: RecoveryCodeRepository
  }>
}

type Owner = Pick<UserPrincipal, 'userId' | 'tenantId' | 'sessionId' | 'aal' | 'amr'>

/** Second factors of the caller. */
export class FactorService {
  readonly #deps: FactorServiceDeps

  constructor(deps: FactorServiceDeps) {
    this.#deps = deps
  }

  async list({ userId, tenantId }: Pick<Owner, 'userId' | 'tenantId'>): Promise<FactorOverview> {
    const { factors, recoveryCodes, mfaPolicies } = this.#deps
    const [all, left, policy] = await Promise.all([
      factors.list(userId),
      recoveryCodes.count(userId),
      mfaPolicies.find(tenantId),
    ])
    return { factors: confirmedOf(all).map(shown), recoveryCodes: left, policy }
  }

  /**
   * Begins to enrol an authenticator app, in place of one that was begun and not confirmed.
   *
   * @throws `auth/mfa-off`, `auth/second-factor-needed`, `auth/too-many-factors`, `auth/session-ended`
   */
  async enrollTotp(
    owner: Owner,
    { label = null }: { readonly label?: string | null | undefined },
  ): Promise<TotpEnrollment> {
    const { users, factors, mfaPolicies } = this.#deps
    const user = await users.find(owner.userId)
    if (!user) throw AuthErrors.sessionEnded()
    if ((await mfaPolicies.find(owner.tenantId)) === 'off') throw AuthErrors.mfaOff()
    const confirmed = confirmedOf(await factors.list(owner.userId))
    requireBoth(owner, confirmed)
    if (confirmed.filter(({ kind }) => kind === 'totp').length >= mostFactors)
      throw AuthErrors.tooManyFactors()
    return this.startTotp(user, label)
  }

  /** Stores a sealed secret that is not confirmed yet. Whether the user may enrol is for the caller to know. */
  async startTotp(
    { id: userId, email }: Pick<User, 'id' | 'email'>,
    label: string | null,
  ): Promise<TotpEnrollment> {
    const { factors, keyVault, clock, appName } = this.#deps
    const id = newId('aut', clock)
    const plain = newTotpSecret()
    const secret = await keyVault.seal(plain, factorContext(userId, id))
    await factors.enroll({ id, userId, kind: 'totp', label, secret, createdAt: clock.now() })
    return { id, secret: toBase32(plain, rfc4648), uri: totpUri(plain, appName, email) }
  }

  /**
   * Confirms a factor with its first code, and makes the session one of two factors. With the first factor of a user every other
   * session of theirs ends: none of them has it.
   *
   * @throws `auth/invalid-factor`, `auth/too-many-attempts`, `auth/second-factor-needed`, `auth/session-ended`
   */
  async verifyTotp(owner: Owner, { id, code }: VerifyTotp, client: SignInClient): Promise<VerifiedTotp> {
    const { users, factors, factorVerifier, factorTrial, factorEnrolment } = this.#deps
    const { userId, tenantId } = owner
    const user = await users.find(userId)
    if (!user) throw AuthErrors.sessionEnded()
    requireBoth(owner, confirmedOf(await factors.list(userId)))
    const { proved } = await factorTrial.of({ user, tenantId, client }, () =>
      factorVerifier.matchPending(userId, { code, id }, client),
    )
    const { factorId, recoveryCodes } = proved
    const tokens = await factorEnrolment.complete(owner, proved, { amr: ['otp', 'mfa'], aal: 2 }, client)
    return { factorId, recoveryCodes: [...recoveryCodes], tokens }
  }

  /**
   * @param kinds - Of which it must be.
   * @throws `auth/factor-not-found`, `auth/factor-required`, `auth/second-factor-needed`
   */
  async remove(
    owner: Owner,
    id: FactorId,
    client: Origin = hostOrigin,
    kinds: readonly FactorKind[] = FactorKind.options,
  ): Promise<void> {
    const { users, factors, transaction } = this.#deps
    const { userId } = owner
    const confirmed = confirmedOf(await factors.list(userId))
    requireBoth(owner, confirmed)
    const factor = confirmed.find((one) => one.id === id && kinds.includes(one.kind))
    if (!factor) throw AuthErrors.factorNotFound()
    const isLast = confirmed.length === 1
    const memberships = isLast ? (await users.findForSignInById(userId))?.memberships : []
    if (memberships?.some(({ mfa }) => mfa === 'required')) throw AuthErrors.factorRequired()
    const removed = AuthEvents.factorRemoved(null, { userId, factorId: id, kind: factor.kind }, client)
    const isRemoved = await transaction(async (scope) => {
      if (!(await scope.factors.remove(userId, id, [removed]))) return false
      if (isLast) await scope.recoveryCodes.replace(userId, [], [])
      return true
    })
    if (!isRemoved) throw AuthErrors.factorNotFound()
  }

  /** Ten new codes in place of all that there were. @throws `auth/no-factors`, `auth/second-factor-needed` */
  async regenerateRecoveryCodes(owner: Owner, client: Origin = hostOrigin): Promise<RecoveryCodeList> {
    const { factors, recoveryCodes, recoveryCodeForm } = this.#deps
    const { userId } = owner
    const confirmed = confirmedOf(await factors.list(userId))
    if (confirmed.length === 0) throw AuthErrors.noFactors()
    requireBoth(owner, confirmed)
    const { codes, digests } = await recoveryCodeForm.issue()
    await recoveryCodes.replace(userId, digests, [AuthEvents.recoveryCodesReplaced(null, { userId }, client)])
    return { recoveryCodes: [...codes] }
  }
}

const shown = ({ id, kind, label, createdAt, lastUsedAt }: FactorRecord): Factor => ({
  id,
  kind,
  label,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})
