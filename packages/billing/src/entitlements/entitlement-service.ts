import type { Clock, Id } from '@corbel/core'
import { planOf } from '../catalog/plan-of.ts'
import type { Entitlement, Plan, PlanCatalog } from '../catalog/plan.ts'
import type { TenantDirectory } from '../ports/tenant-directory.ts'
import type { Entitlements } from './entitlements.ts'
import { periodAt, type SubscriptionStanding } from './subscription-standing.ts'

export interface EntitlementServiceDeps {
  readonly plans: PlanCatalog
  readonly standing: SubscriptionStanding
  readonly directory: Pick<TenantDirectory, 'features'>
  readonly clock: Clock
}

/** What tenants may use: what their plans include, with what operators have granted or capped by hand over it. */
export class EntitlementService {
  readonly #deps: EntitlementServiceDeps

  constructor(deps: EntitlementServiceDeps) {
    this.#deps = deps
  }

  /** @throws `tenant/not-found` */
  async get(tenantId: Id<'ten'>): Promise<Entitlements> {
    const { plans, standing, directory, clock } = this.#deps
    const { features: overrides } = await directory.features.overridesOf(tenantId)
    const subscription = await standing.find(tenantId)
    const access = subscription ? (await standing.accessOf(tenantId, subscription)).access : 'none'
    const plan = subscription && planOf(plans, subscription)
    const { from, until } = periodAt(subscription, clock.now())
    const keys = new Set([...plans.features, ...Object.keys(overrides)])
    return {
      planCode: plan?.code ?? null,
      access,
      from: from.toISOString(),
      until: until.toISOString(),
      entitlements: Object.fromEntries(
        [...keys].map((key) => {
          const planned = plan && access !== 'none' ? included(plan, key) : false
          return [key, this.#overridden(key, planned, overrides[key])]
        }),
      ),
    }
  }

  /** Whether a feature counts by period or for as long as the tenant exists, as the first plan says that limits it. */
  countedPer(key: string): 'period' | 'tenant' {
    for (const { entitlements } of this.#deps.plans.plans) {
      const declared = entitlements[key]
      if (typeof declared === 'object') return declared.per
    }
    return 'period'
  }

  #overridden(key: string, planned: Entitlement, override: boolean | number | undefined): Entitlement {
    if (override === undefined) return planned
    if (typeof override === 'boolean') return override
    const { per, enforcement } =
      typeof planned === 'object' ? planned : { per: this.countedPer(key), enforcement: 'hard' as const }
    return { limit: override, per, enforcement }
  }
}

/** What is paid for by the unit needs no other permission. */
const included = ({ entitlements, prices }: Plan, key: string): Entitlement =>
  entitlements[key] ?? prices.some(({ per }) => typeof per === 'object' && per.meter === key)
