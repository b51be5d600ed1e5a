import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { StripeSync } from '@supabase/stripe-sync-engine'
import pg from 'pg'
import { Stripe } from 'stripe'
import { serveWorker } from './processes.ts'

// Its migrations name the schema "stripe" and the role "postgres", and its ES module does not find them.
const [connectionString = '', schema = '', stripeWebhookSecret = '', stripeUrl = ''] = process.argv.slice(2)

async function migrate(): Promise<void> {
  const folder = new URL('./migrations/', import.meta.resolve('@supabase/stripe-sync-engine'))
  const client = new pg.Client({ connectionString })
  await client.connect()
  for (const file of readdirSync(fileURLToPath(folder)).toSorted()) {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const own = text
      .replaceAll('"stripe"', `"${schema}"`)
      .replaceAll(/\bstripe\./g, `${schema}.`)
      .replaceAll('owner to postgres', 'owner to current_user')
      .replaceAll('pg_type WHERE', 'pg_type WHERE typnamespace = current_schema()::regnamespace AND')
    await client.query(own)
  }
  await client.end()
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

await migrate()
const sync = new StripeSync({
  schema,
  stripeSecretKey: 'sk_test_bench',
  stripeWebhookSecret,
  poolConfig: { connectionString, max: 10 },
})
// It asks for the lines of every checkout.
const { hostname: host, port } = new URL(stripeUrl)
sync.stripe = new Stripe('sk_test_bench', { host, port, protocol: 'http', telemetry: false })

const server = createServer((request, response) => {
  void read(request)
    .then((body) => sync.processWebhook(body, String(request.headers['stripe-signature'])))
    .then(
      () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}'),
      (error: unknown) => response.writeHead(400).end(String(error)),
    )
})
server.listen(0, '127.0.0.1', () => {
  serveWorker(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`, async () => null)
})
