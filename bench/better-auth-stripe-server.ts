import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stripe } from '@better-auth/stripe'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import pg from 'pg'
import { Stripe } from 'stripe'
import { serveWorker } from './processes.ts'

/** `stored`: its hook for events keeps each of them once, as those who must lose none have to. */
export type BetterAuthStripeMode = 'default' | 'stored'

const [connectionString = '', mode = '', stripeWebhookSecret = '', basic = '', plus = ''] =
  process.argv.slice(2)

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  void start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

async function start(baseURL: string): Promise<void> {
  const pool = new pg.Pool({ connectionString, max: 10 })
  const options = {
    baseURL,
    secret: 'a secret of the benchmark, of 32 characters and more',
    database: pool,
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    plugins: [
      stripe({
        stripeClient: new Stripe('sk_test_bench'),
        stripeWebhookSecret,
        subscription: {
          enabled: true,
          plans: [
            { name: 'basic', priceId: basic },
            { name: 'plus', priceId: plus },
          ],
        },
        ...(mode === 'stored' && {
          async onEvent(event: Stripe.Event) {
            await pool.query({
              name: 'store',
              text: 'insert into peer_events (id, type, payload) values ($1, $2, $3) on conflict do nothing',
              values: [event.id, event.type, JSON.stringify(event)],
            })
          },
        }),
      }),
    ],
  }
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  // Without these, which it leaves to others, each event would read whole tables.
  await pool.query(`
    create table if not exists peer_events (id text primary key, type text not null, payload jsonb not null);
    create index if not exists peer_user_idx on "user" ("stripeCustomerId");
    create index if not exists peer_subscription_idx on subscription ("stripeSubscriptionId");
    create index if not exists peer_customer_idx on subscription ("stripeCustomerId")`)
  server.on('request', toNodeHandler(betterAuth(options)) as never)
  serveWorker(`${baseURL}/api/auth/stripe/webhook`, async () => null)
}
