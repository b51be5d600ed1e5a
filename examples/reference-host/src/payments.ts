import { join } from 'node:path'
import { fileStore, localStripe, localStripeInfo } from '@corbel/adapters/local-stripe'
import { stripeGateway } from '@corbel/adapters/stripe'
import { applyCatalog, type BillingOptions, defaultPlans } from '@corbel/billing'
import { type FetchHandler, Secret, type StartProblem } from '@corbel/core'
import type { AdapterInfo, Logger } from '@corbel/core/ports'
import { Stripe } from 'stripe'
import { checkoutPath, withCheckoutPages } from './local-checkout.ts'
import type { ReadSettings } from './read-settings.ts'

/** What takes the money, and how what it tells comes back to this process. */
export interface Payments {
  readonly billing: BillingOptions
  /** Hands the events of a gateway inside this process to its own webhook, until what it answers is called. */
  deliverTo(fetch: FetchHandler): () => Promise<void>
  /** Shows the pages of a gateway inside this process, too. */
  withPages(fetch: FetchHandler): FetchHandler
}

/** Stripe when there is a key, else a local one beside the embedded database; null when billing is off or nothing can take the money. */
export async function openPayments(
  { values: { billing, core, host } }: ReadSettings,
  logger: Logger,
): Promise<Payments | null> {
  if (!billing.enabled) return null
  if (host.stripeSecretKey) return openStripe(host.stripeSecretKey.reveal(), host.stripeBaseUrl)
  // It keeps itself in one file for one process, as the embedded database does, and the two must tell the same story.
  if (host.databaseUrl === undefined)
    return openLocalStripe(join(host.dataDir, 'local-stripe.json'), core.publicUrl)
  logger.warn('There is no payment gateway, so nobody can subscribe: set STRIPE_SECRET_KEY.')
  return null
}

function openStripe(key: string, baseUrl: string): Payments {
  const { protocol, hostname, port } = new URL(baseUrl)
  const client = new Stripe(key, {
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    protocol: protocol === 'http:' ? 'http' : 'https',
    telemetry: false,
    // The calls of requests; whatever waits longer is tried again by the job of its command.
    timeout: 20_000,
    maxNetworkRetries: 2,
  })
  return {
    billing: { gateway: stripeGateway({ client, livemode: /^[a-z]+_live_/.test(key) }) },
    deliverTo: () => async () => {},
    withPages: (fetch) => fetch,
  }
}

async function openLocalStripe(path: string, publicUrl: string): Promise<Payments> {
  // Both ends are in this process, and each delivery is signed anew.
  const webhookSecret = new Secret(`whsec_${crypto.randomUUID()}${crypto.randomUUID()}`)
  let deliverTo: FetchHandler | null = null
  const local = await localStripe({
    webhookSecret,
    store: fileStore(path),
    checkoutUrl: new URL(checkoutPath, publicUrl).href,
    deliver: async ({ body, signature }) => {
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
      const request = new Request('http://127.0.0.1/webhooks/stripe', { method: 'POST', headers, body })
      // Until somebody listens it comes again.
      return (await deliverTo?.(request, { remoteAddress: '127.0.0.1' }))?.status ?? 503
    },
  })
  await applyCatalog(defaultPlans, local.gateway.catalog)
  return {
    billing: { gateway: local.gateway, webhookSecrets: [webhookSecret] },
    deliverTo(fetch) {
      deliverTo = fetch
      return local.run()
    },
    withPages: (fetch) => withCheckoutPages(local, fetch),
  }
}

/** The local gateway, where these settings leave nothing else. */
export const paymentStandIns = ({
  values: { billing, host },
}: ReadSettings): { readonly gateway?: { readonly adapter: AdapterInfo } } =>
  billing.enabled && host.stripeSecretKey === undefined ? { gateway: { adapter: localStripeInfo } } : {}

/** Stripe would be heard by nobody. */
export const paymentProblems = ({
  profile,
  values: { billing, host },
}: ReadSettings): readonly StartProblem[] =>
  profile === 'local' || !billing.enabled || !host.stripeSecretKey || billing.webhookSecret
    ? []
    : [
        {
          subject: 'STRIPE_WEBHOOK_SECRET',
          what: 'is missing',
          why: 'Without it no event of Stripe is taken, and subscriptions would not be what Stripe says they are.',
          fix: 'Add an endpoint for <APP_PUBLIC_URL>/webhooks/stripe in the dashboard of Stripe, and copy its secret.',
        },
      ]
