import type { GatewaySubscription } from '../gateway/gateway-objects.ts'
import { productIdOf } from '../ports/catalog-gateway.ts'
import { lookupKeyOf, type Plan, type PlanCatalog } from './plan.ts'

/**
 * The plan that a subscription is to; null for one that is no longer declared. Lookup keys move on to the newest prices: who subscribed
 * to an older one is known by its product.
 */
export function planOf({ plans }: PlanCatalog, { items }: Pick<GatewaySubscription, 'items'>): Plan | null {
  const keys = new Set(items.map(({ lookupKey }) => lookupKey))
  const products = new Set(items.map(({ productId }) => productId))
  return (
    plans.find(({ code, prices }) => prices.some((price) => keys.has(lookupKeyOf(code, price)))) ??
    plans.find(({ code }) => products.has(productIdOf(code))) ??
    null
  )
}
