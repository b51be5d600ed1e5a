import { type Clock, hostOrigin, type Id, type Origin, type UserPrincipal } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { DomainVerifier } from '../ports/domain-verifier.ts'
import type { SsoDomainRepository } from '../ports/sso-domain-repository.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { DomainList, DomainProof, NewDomain } from './domain.ts'

export interface DomainServiceDeps {
  readonly ssoDomains: SsoDomainRepository
  readonly domainVerifier: DomainVerifier
  readonly ssoDigest: KeyedDigest
  readonly clock: Clock
}

type Manager = Pick<UserPrincipal, 'userId' | 'tenantId'>

/** Domains that tenants have proved to be theirs. */
export class DomainService {
  readonly #deps: DomainServiceDeps

  constructor(deps: DomainServiceDeps) {
    this.#deps = deps
  }

  async list({ tenantId }: Pick<Manager, 'tenantId'>): Promise<DomainList> {
    const domains = await this.#deps.ssoDomains.list(tenantId)
    return {
      data: await Promise.all(
        domains.map(({ domain, verifiedAt }) => this.#proof(tenantId, domain, verifiedAt)),
      ),
    }
  }

  /**
   * Looks for the record of the tenant and keeps the domain when it is there; else nothing is kept, and the answer says what to
   * publish. The record is the same each time, and another one for another tenant.
   *
   * @throws `auth/domain-check-unavailable`
   */
  async verify(
    { userId, tenantId }: Manager,
    { domain }: NewDomain,
    origin: Origin = hostOrigin,
  ): Promise<DomainProof> {
    const { ssoDomains, domainVerifier, clock } = this.#deps
    const proof = await this.#proof(tenantId, domain, null)
    const texts = await domainVerifier.listTexts(proof.record.name).catch((cause: unknown) => {
      throw AuthErrors.domainCheckUnavailable({}, { cause })
    })
    if (!texts.includes(proof.record.value)) return proof
    const verifiedAt = clock.now()
    const event = AuthEvents.ssoDomainVerified(tenantId, { domain, userId }, origin)
    await ssoDomains.insert(tenantId, { domain, verifiedAt }, [event])
    return { ...proof, verifiedAt: verifiedAt.toISOString() }
  }

  /** Connections speak for its addresses no longer. @throws `auth/sso-domain-not-found` */
  async remove({ userId, tenantId }: Manager, domain: string, origin: Origin = hostOrigin): Promise<void> {
    const event = AuthEvents.ssoDomainRemoved(tenantId, { domain, userId }, origin)
    if (!(await this.#deps.ssoDomains.remove(tenantId, domain, [event]))) throw AuthErrors.ssoDomainNotFound()
  }

  async #proof(tenantId: Id<'ten'>, domain: string, verifiedAt: Date | null): Promise<DomainProof> {
    const digest = await this.#deps.ssoDigest.of('sso-domain', `${tenantId} ${domain}`)
    return {
      domain,
      verifiedAt: verifiedAt?.toISOString() ?? null,
      record: { name: `_corbel-verification.${domain}`, value: `corbel-verification=${digest}` },
    }
  }
}
