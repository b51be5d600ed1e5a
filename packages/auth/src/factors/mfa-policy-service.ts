import { hostOrigin, type Origin, type UserPrincipal } from '@corbel/core'
import { AuthEvents } from '../auth-events.ts'
import type { MfaPolicyRepository } from '../ports/mfa-policy-repository.ts'
import type { TenantMfaPolicy } from './mfa-policy.ts'

export interface MfaPolicyServiceDeps {
  readonly mfaPolicies: MfaPolicyRepository
}

/** What a tenant asks of its members at sign-in. */
export class MfaPolicyService {
  readonly #deps: MfaPolicyServiceDeps

  constructor(deps: MfaPolicyServiceDeps) {
    this.#deps = deps
  }

  async get({ tenantId }: Pick<UserPrincipal, 'tenantId'>): Promise<TenantMfaPolicy> {
    return { policy: await this.#deps.mfaPolicies.find(tenantId) }
  }

  /** Takes effect at the next sign-in and the next refresh: with `required`, sessions of one factor are not refreshed any more. */
  async replace(
    { tenantId, userId }: Pick<UserPrincipal, 'tenantId' | 'userId'>,
    { policy }: TenantMfaPolicy,
    client: Origin = hostOrigin,
  ): Promise<TenantMfaPolicy> {
    const changed = AuthEvents.mfaPolicyChanged(tenantId, { userId, policy }, client)
    await this.#deps.mfaPolicies.put(tenantId, policy, [changed])
    return { policy }
  }
}
