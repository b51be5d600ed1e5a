import {
  type CatalogGateway,
  type GatewayMeter,
  type GatewayPrice,
  type GatewayProduct,
  productIdOf,
} from '@corbel/billing/ports'
import type { Stripe } from 'stripe'
import { answered } from './stripe-errors.ts'
import { idOf } from './stripe-objects.ts'

const pageSize = 100

export const stripeCatalog = (client: Stripe): CatalogGateway => ({
  async list() {
    const products: GatewayProduct[] = []
    const prices: GatewayPrice[] = []
    const meters: GatewayMeter[] = []
    // Without `active` Stripe lists what is archived, too.
    await answered(
      client.products
        .list({ limit: pageSize })
        .autoPagingEach((product) => void products.push(toProduct(product))),
    )
    await answered(
      client.prices.list({ limit: pageSize }).autoPagingEach((price) => void prices.push(toPrice(price))),
    )
    await answered(
      client.billing.meters
        .list({ limit: pageSize })
        .autoPagingEach((meter) => void meters.push(toMeter(meter))),
    )
    return { products, prices, meters }
  },

  async createProduct({ planCode, name }, key) {
    const id = productIdOf(planCode)
    try {
      const params = { id, name, metadata: { plan_code: planCode } }
      return toProduct(await answered(client.products.create(params, { idempotencyKey: key })))
    } catch (error) {
      const existing = await client.products.retrieve(id).catch(() => null)
      if (existing === null) throw error
      return toProduct(existing)
    }
  },

  async updateProduct(id, change, key) {
    return toProduct(await answered(client.products.update(id, change, { idempotencyKey: key })))
  },

  async createPrice(price, key) {
    const params = {
      product: price.productId,
      lookup_key: price.lookupKey,
      transfer_lookup_key: true,
      // The lookup key moves on; this stays, and says what those who keep the price have subscribed to.
      metadata: { lookup_key: price.lookupKey },
      currency: price.currency,
      recurring: {
        interval: price.interval,
        interval_count: price.intervalCount,
        ...(price.meterId !== undefined && { usage_type: 'metered' as const, meter: price.meterId }),
      },
      unit_amount_decimal: client.Decimal.from(price.unitAmount),
    } satisfies Stripe.PriceCreateParams
    return toPrice(await answered(client.prices.create(params, { idempotencyKey: key })))
  },

  async archivePrice(id, key) {
    await answered(client.prices.update(id, { active: false }, { idempotencyKey: key }))
  },

  async createMeter({ eventName, name }, key) {
    const params = {
      event_name: eventName,
      display_name: name,
      default_aggregation: { formula: 'sum' },
      customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
      value_settings: { event_payload_key: 'value' },
    } as const
    return toMeter(await answered(client.billing.meters.create(params, { idempotencyKey: key })))
  },
})

const toProduct = (product: Stripe.Product): GatewayProduct => ({
  id: product.id,
  planCode: product.metadata['plan_code'] ?? null,
  name: product.name,
  active: product.active,
  revision: String(product.updated),
})

const toPrice = (price: Stripe.Price): GatewayPrice => ({
  id: price.id,
  productId: idOf(price.product),
  lookupKey: price.lookup_key,
  unitAmount: price.unit_amount_decimal === null ? null : String(price.unit_amount_decimal),
  currency: price.currency,
  interval: (price.recurring?.interval ?? null) as GatewayPrice['interval'],
  intervalCount: price.recurring?.interval_count ?? 1,
  meterId: price.recurring?.meter ?? null,
  active: price.active,
})

const toMeter = (meter: Stripe.Billing.Meter): GatewayMeter => ({
  id: meter.id,
  eventName: meter.event_name,
  active: meter.status === 'active',
})
