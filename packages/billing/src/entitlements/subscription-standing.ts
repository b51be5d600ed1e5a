import type { Clock, Id } from '@corbel/core'
import type { GatewaySubscription } from '../gateway/gateway-objects.ts'
import type { ProjectionRepository } from '../ports/projection-repository.ts'

export interface SubscriptionStandingDeps {
  readonly projections: ProjectionRepository
  readonly clock: Clock
}

/** From the first moment to the first that is too late. */
export interface BillingPeriod {
  readonly from: Date
  readonly until: Date
}

/** Where a tenant stands: which of its subscriptions counts, and in which period it is. */
export class SubscriptionStanding {
  readonly #deps: SubscriptionStandingDeps

  constructor(deps: SubscriptionStandingDeps) {
    this.#deps = deps
  }

  /** The one that has not ended, or the last of all; null for a tenant that never had one. */
  async find(tenantId: Id<'ten'>): Promise<GatewaySubscription | null> {
    const rows = await this.#deps.projections.list(tenantId, 'subscription', { limit: 10, after: null })
    const all = rows.map(({ object }) => object.value)
    return all.find(({ status }) => !isOver(status)) ?? all[0] ?? null
  }

  /** The present period of its subscription, else the present month in UTC. */
  async periodOf(tenantId: Id<'ten'>): Promise<BillingPeriod> {
    return periodAt(await this.find(tenantId), this.#deps.clock.now())
  }
}

/** A period that is over, because nobody told of the next one yet, does not count. */
export function periodAt(subscription: GatewaySubscription | null, now: Date): BillingPeriod {
  if (subscription && !isOver(subscription.status)) {
    const period = { from: new Date(subscription.periodStart), until: new Date(subscription.periodEnd) }
    if (period.from <= now && now < period.until) return period
  }
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return { from: new Date(Date.UTC(year, month)), until: new Date(Date.UTC(year, month + 1)) }
}

const isOver = (status: GatewaySubscription['status']): boolean =>
  status === 'canceled' || status === 'incomplete_expired'
