import type { PaymentGateway } from '@corbel/billing/ports'
import type { AdapterInfo } from '@corbel/core/ports'
import type { Stripe } from 'stripe'
import { stripeCatalog } from './stripe-catalog.ts'
import { answered } from './stripe-errors.ts'
import { readEvent, verifyDelivery } from './stripe-events.ts'
import { stripeOperations } from './stripe-operations.ts'
import { stripeReads } from './stripe-reads.ts'
import { reportUsage } from './stripe-usage.ts'

export interface StripeGatewayOptions {
  /** Yours, of `stripe` 23 with the API version that it pins. Its own retries repeat a call under the same key. */
  readonly client: Stripe
  /** Whether the client's key is one of live mode. */
  readonly livemode: boolean
  /** What reports call it; a stand-in says so. */
  readonly adapter?: AdapterInfo
}

/** Takes the money through Stripe. */
export const stripeGateway = ({
  client,
  livemode,
  adapter = { name: 'stripe' },
}: StripeGatewayOptions): PaymentGateway => ({
  adapter,
  livemode,
  catalog: stripeCatalog(client),
  ...stripeOperations(client),
  ...stripeReads(client),
  reportUsage: (records) => reportUsage(client, records),
  verify: (delivery) => verifyDelivery(client.webhooks.signature, delivery),
  read: (payload) => readEvent(payload, client.getApiField('version')),
  async check() {
    await answered(client.prices.list({ limit: 1 }))
  },
})
