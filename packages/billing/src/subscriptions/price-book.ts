import { BillingErrors } from '../billing-errors.ts'
import { planOf } from '../catalog/plan-of.ts'
import { lookupKeyOf, type Plan, type PlanCatalog } from '../catalog/plan.ts'
import { type PriceMap, priceMapOf } from '../catalog/provisioning.ts'
import type { GatewaySubscription } from '../gateway/gateway-objects.ts'
import type { CatalogGateway } from '../ports/catalog-gateway.ts'

export interface PriceLine {
  readonly priceId: string
  readonly quantity?: number
}

type Interval = 'month' | 'year'

/** Which prices of the gateway a plan has, asked for once and again when one is missing. */
export class PriceBook {
  readonly #plans: PlanCatalog
  readonly #catalog: CatalogGateway | null
  #prices: PriceMap

  constructor(plans: PlanCatalog, catalog: CatalogGateway | null, given: PriceMap = {}) {
    this.#plans = plans
    this.#catalog = catalog
    this.#prices = given
  }

  /** @throws `billing/plan-unknown` for a plan that is not declared, or not sold by this interval; `billing/plan-not-provisioned`. */
  async linesOf(plan: Plan, interval: Interval, seats: number): Promise<readonly PriceLine[]> {
    const [first] = plan.prices.filter((price) => price.interval === interval)
    if (!first) throw BillingErrors.planUnknown({ detail: `${plan.code} is not sold by the ${interval}.` })
    const wanted = plan.prices.filter(
      (price) => price.interval === interval && price.currency === first.currency,
    )
    const keys = wanted.map((price) => lookupKeyOf(plan.code, price))
    if (keys.some((key) => this.#prices[key] === undefined) && this.#catalog)
      this.#prices = { ...priceMapOf(this.#plans, await this.#catalog.list()), ...this.#prices }
    return wanted.map(({ per }, index) => {
      const priceId = this.#prices[keys[index] ?? '']
      if (priceId === undefined) throw BillingErrors.planNotProvisioned({ detail: plan.code })
      return { priceId, ...(per === 'seat' && { quantity: seats }), ...(per === 'plan' && { quantity: 1 }) }
    })
  }

  /** @throws `billing/plan-unknown` */
  get(code: string): Plan {
    const plan = this.#plans.find(code)
    if (!plan) throw BillingErrors.planUnknown({ detail: `There is no plan ${code}.` })
    return plan
  }

  /** What a subscription is to, as far as it is declared. */
  describe({ items }: Pick<GatewaySubscription, 'items'>): {
    readonly plan: Plan | null
    readonly interval: Interval | null
    readonly seats: number | null
    /** The item whose quantity they are. */
    readonly seatItemId: string | null
  } {
    for (const plan of this.#plans.plans)
      for (const price of plan.prices) {
        const key = lookupKeyOf(plan.code, price)
        const item = items.find(
          ({ lookupKey, priceId }) => lookupKey === key || priceId === this.#prices[key],
        )
        if (!item || typeof price.per === 'object') continue
        const isSeat = price.per === 'seat'
        return {
          plan,
          interval: price.interval,
          seats: isSeat ? item.quantity : null,
          seatItemId: isSeat ? item.id : null,
        }
      }
    return { plan: planOf(this.#plans, { items }), interval: null, seats: null, seatItemId: null }
  }
}
