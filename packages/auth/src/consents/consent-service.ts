import { type Clock, hostOrigin, maskedClientOf, type Origin, type Transaction } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { ConsentRecord, ConsentRepository } from '../ports/consent-repository.ts'
import type { UserId } from '../users/user.ts'
import { type ConsentOverview, ConsentPolicy, type GiveConsent, type PolicyVersions } from './consent.ts'

export interface ConsentServiceDeps {
  readonly consents: ConsentRepository
  readonly policyVersions: PolicyVersions
  readonly clock: Clock
  readonly transaction: Transaction<{ readonly consents: ConsentRepository; readonly events: EventRecorder }>
}

/** The ledger of what users accepted. */
export class ConsentService {
  readonly #deps: ConsentServiceDeps

  constructor(deps: ConsentServiceDeps) {
    this.#deps = deps
  }

  async list({ userId }: { readonly userId: UserId }): Promise<ConsentOverview> {
    const rows = await this.#deps.consents.list(userId)
    const given = new Set(rows.map(({ policy, version }) => `${policy} ${version}`))
    return {
      data: rows.map(({ userId: _, acceptedAt, ...row }) => ({
        ...row,
        acceptedAt: acceptedAt.toISOString(),
      })),
      outstanding: this.#present().filter(({ policy, version }) => !given.has(`${policy} ${version}`)),
    }
  }

  /** Accepts the present version of a policy; once more changes nothing. @throws `auth/outdated-policy` */
  async give(
    { userId }: { readonly userId: UserId },
    { policy, version }: GiveConsent,
    client: Origin = hostOrigin,
  ): Promise<ConsentOverview> {
    const present = this.#deps.policyVersions[policy]
    if (version !== present) throw AuthErrors.outdatedPolicy({ detail: `It is ${present}.` })
    const consent = this.#of(userId, client, { policy, version })
    await this.#deps.transaction(async ({ consents, events }) => {
      if (await consents.record(consent))
        await events.record(AuthEvents.consentGiven(null, { userId, policy, version }, client))
    })
    return this.list({ userId })
  }

  /** What accepting every policy as it is now adds to the ledger, for the transaction that makes the user. */
  draftAll(userId: UserId, client: Origin): readonly ConsentRecord[] {
    return this.#present().map((version) => this.#of(userId, client, version))
  }

  #present(): readonly { readonly policy: ConsentPolicy; readonly version: string }[] {
    const { policyVersions } = this.#deps
    return ConsentPolicy.options.map((policy) => ({ policy, version: policyVersions[policy] }))
  }

  #of(
    userId: UserId,
    client: Origin,
    version: { readonly policy: ConsentPolicy; readonly version: string },
  ): ConsentRecord {
    return { userId, ...version, acceptedAt: this.#deps.clock.now(), ...maskedClientOf(client) }
  }
}
