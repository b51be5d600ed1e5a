import { type LocalStripe, localStripe } from '@corbel/adapters/local-stripe'
import { applyCatalog, defaultPlans } from '@corbel/billing'
import { Secret } from '@corbel/core'
import { checkoutPath, withCheckoutPages } from '../local-checkout.ts'
import { openLoopback } from './loopback-server.ts'

/** The local gateway as a server of its own, which any number of hosts share as they would share Stripe. */
export interface PaymentProvider {
  readonly local: LocalStripe
  /** What makes a host use it. */
  readonly settings: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** @param hosts - Where its events may go, each time asked anew; what nobody takes comes again. */
export async function openPaymentProvider(hosts: () => readonly string[]): Promise<PaymentProvider> {
  const webhookSecret = `whsec_${crypto.randomUUID()}`
  let turn = 0
  const server = await openLoopback(async ({ method = '', url = '', headers }, response, body) => {
    const request = new Request(`http://127.0.0.1${url}`, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      ...(method !== 'GET' && method !== 'HEAD' && { body }),
    })
    const answer = await answering(request, { remoteAddress: '127.0.0.1' })
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })
  const local = await localStripe({
    webhookSecret: new Secret(webhookSecret),
    checkoutUrl: `${server.url}${checkoutPath}`,
    deliver: async ({ body, signature }) => {
      const all = hosts()
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
      const host = all[turn++ % all.length]
      return (await fetch(`${host}/webhooks/stripe`, { method: 'POST', headers, body })).status
    },
  })
  const answering = withCheckoutPages(local, (request) => local.fetch(request))
  await applyCatalog(defaultPlans, local.gateway.catalog)
  const stop = local.run()
  return {
    local,
    settings: {
      STRIPE_SECRET_KEY: 'sk_test_local',
      STRIPE_BASE_URL: server.url,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
    },
    async close() {
      await stop()
      await server.close()
    },
  }
}
