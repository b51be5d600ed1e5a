/** The id that the product of a plan is made with: the gateway refuses a second one, and what a price is for can be told without asking. */
export const productIdOf = (planCode: string): string => `corbel_${planCode}`

/** A product of the gateway: one for each plan. */
export interface GatewayProduct {
  readonly id: string
  /** Code of the plan; null for what was not made from a catalogue. */
  readonly planCode: string | null
  readonly name: string
  readonly active: boolean
  /** Another one after every change. */
  readonly revision: string
}

export interface GatewayPrice {
  readonly id: string
  readonly productId: string
  /** Of the prices with one lookup key one is in force; a new one takes it over. */
  readonly lookupKey: string | null
  /** In the smallest denomination; null for tiers. A decimal in text where one unit costs less than that. */
  readonly unitAmount: string | null
  readonly currency: string
  readonly interval: 'day' | 'week' | 'month' | 'year' | null
  readonly intervalCount: number
  /** Id of the meter that it charges for; null for a quantity. */
  readonly meterId: string | null
  readonly active: boolean
}

export interface GatewayMeter {
  readonly id: string
  /** What usage is reported under. */
  readonly eventName: string
  readonly active: boolean
}

export interface NewPrice {
  readonly productId: string
  readonly lookupKey: string
  readonly unitAmount: string
  readonly currency: string
  readonly interval: NonNullable<GatewayPrice['interval']>
  readonly intervalCount: number
  readonly meterId?: string
}

/**
 * Products, prices and meters. Keys as in {@link PaymentGateway}. A price never changes: a new one takes over its lookup key,
 * and those who subscribed to the old one keep it.
 */
export interface CatalogGateway {
  /** All of it, archived ones too, as it is now. */
  list(): Promise<{
    readonly products: readonly GatewayProduct[]
    readonly prices: readonly GatewayPrice[]
    readonly meters: readonly GatewayMeter[]
  }>
  /** One product for each plan: also of concurrent calls with different keys. */
  createProduct(
    product: { readonly planCode: string; readonly name: string },
    key: string,
  ): Promise<GatewayProduct>
  updateProduct(
    id: string,
    change: { readonly name: string; readonly active: boolean },
    key: string,
  ): Promise<GatewayProduct>
  /** Makes a price and takes its lookup key from the one that had it. */
  createPrice(price: NewPrice, key: string): Promise<GatewayPrice>
  /** No new subscriptions to it from now on. */
  archivePrice(id: string, key: string): Promise<void>
  createMeter(
    meter: { readonly eventName: string; readonly name: string },
    key: string,
  ): Promise<GatewayMeter>
}
