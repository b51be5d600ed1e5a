import type { Clock, Id } from '@corbel/core'
import { type GatewaySubscription, isOver } from '../gateway/gateway-objects.ts'
import type { ProjectionRepository } from '../ports/projection-repository.ts'
import { type Standing, standingOf } from '../subscriptions/access.ts'
import { currentOf, listSubscriptions } from '../subscriptions/current.ts'

export interface SubscriptionStandingDeps {
  readonly projections: ProjectionRepository
  /** Days after the first failed payment in which nothing is taken away. */
  readonly graceDays: number
  readonly clock: Clock
}

/** From the first moment to the first that is too late. */
export interface BillingPeriod {
  readonly from: Date
  readonly until: Date
}

/** Where a tenant stands: which of its subscriptions counts, what it opens, and in which period it is. */
export class SubscriptionStanding {
  readonly #deps: SubscriptionStandingDeps

  constructor(deps: SubscriptionStandingDeps) {
    this.#deps = deps
  }

  /** The one that has not ended, or the last of all; null for a tenant that never had one. */
  async find(tenantId: Id<'ten'>): Promise<GatewaySubscription | null> {
    return currentOf(await listSubscriptions(this.#deps.projections, tenantId))
  }

  async accessOf(tenantId: Id<'ten'>, subscription: GatewaySubscription): Promise<Standing> {
    const { projections, graceDays, clock } = this.#deps
    const invoices =
      subscription.status === 'past_due'
        ? await projections.list(tenantId, 'invoice', { limit: 100, after: null })
        : []
    const values = invoices.map(({ object }) => object.value)
    return standingOf(subscription, values, graceDays, clock.now())
  }

  /** The present period of its subscription, else the present month in UTC. */
  async periodOf(tenantId: Id<'ten'>): Promise<BillingPeriod> {
    return periodAt(await this.find(tenantId), this.#deps.clock.now())
  }
}

/** A period that is over, because nobody told of the next one yet, does not count. */
export function periodAt(subscription: GatewaySubscription | null, now: Date): BillingPeriod {
  if (subscription && !isOver(subscription)) {
    const period = { from: new Date(subscription.periodStart), until: new Date(subscription.periodEnd) }
    if (period.from <= now && now < period.until) return period
  }
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return { from: new Date(Date.UTC(year, month)), until: new Date(Date.UTC(year, month + 1)) }
}
