import { setTimeout as delay } from 'node:timers/promises'
import { newId } from '@corbel/core'
import pg from 'pg'
import type { HostProcess } from '../examples/reference-host/src/spawn-host.ts'
import type { BetterAuthStripeMode } from './better-auth-stripe-server.ts'
import type { Recording } from './billing-recording.ts'
import type { BenchDatabase } from './database.ts'
import { Measured } from './measured.ts'
import { cores, startWorker } from './processes.ts'

/** The secret that all of them verify with. */
export const secret = 'whsec_of_the_benchmark'

/** Something that takes the webhooks of Stripe. */
export interface Side {
  readonly measured: Measured
  readonly url: string
  /** Customers must be known of whom events are to be applied. */
  know(customers: readonly string[]): Promise<unknown>
  /** Resolves when everything that was accepted is done, and gives the seconds after which it was applied. */
  settled(): Promise<number>
  /** The states that it has of these objects, by id. */
  states(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  close(): Promise<void>
}

/** A connection that nobody's CPU time is counted for, and that sees every tenant. */
export async function connectAside(database: BenchDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url('billing-aside') })
  await client.connect()
  await client.query(`set corbel.scope = 'platform'`)
  return client
}

/** The reference host with everything on. */
export const ourSide = (
  database: BenchDatabase,
  aside: pg.Client,
  name: string,
  host: HostProcess,
): Side => ({
  measured: new Measured(database, name, host.child.pid ?? 0),
  url: `${host.url}/webhooks/stripe`,
  async know(customers) {
    const tenants = customers.map(() => newId('ten'))
    await aside.query(
      `insert into corbel_tenants (id, slug, name, created_at)
       select id, replace(id, '_', '-'), 'Tenant', now() from unnest($1::text[]) id`,
      [tenants],
    )
    await aside.query(
      `insert into corbel_billing_customers (tenant_id, customer_id, created_at)
       select tenant, customer, now() from unnest($1::text[], $2::text[]) known (tenant, customer)`,
      [tenants, customers],
    )
  },
  async settled() {
    const begin = performance.now()
    for (let applied: number | null = null; ;) {
      const { rows } = await aside.query<{ readonly inbox: boolean; readonly rest: boolean }>(
        `select exists (select from corbel_billing_inbox where status = 'pending') as inbox,
           exists (select from corbel_outbox where due_at is not null and last_error is null)
           or exists (select from corbel_jobs where name in ('billing.inbox.dispatch', 'billing.seats.sync')) as rest`,
      )
      const [{ inbox, rest } = { inbox: true, rest: true }] = rows
      if (!inbox) applied ??= (performance.now() - begin) / 1000
      if (applied !== null && !rest) return applied
      await delay(20)
    }
  },
  states: (ids) =>
    states(
      aside,
      `select id, state ->> 'status' as status from corbel_billing_objects where id = any ($1)`,
      ids,
    ),
  close: async () => {},
})

/** Answers when it has written what the event shows. */
const atOnce = { settled: async () => 0 }

export async function syncEngineSide(
  database: BenchDatabase,
  aside: pg.Client,
  stripeUrl: string,
): Promise<Side> {
  const name = 'peer-sync'
  const args = [database.url(name), database.schema, secret, stripeUrl]
  const worker = await startWorker('stripe-sync-server.ts', cores.subject, ...args)
  return {
    ...atOnce,
    measured: new Measured(database, name, worker.pid),
    url: worker.greeting as string,
    know: async () => {},
    states: (ids) =>
      states(
        aside,
        `select id, status::text from subscriptions where id = any ($1)
         union all select id, status::text from invoices where id = any ($1)`,
        ids,
      ),
    close: () => worker.close(),
  }
}

export async function betterAuthSide(
  database: BenchDatabase,
  aside: pg.Client,
  mode: BetterAuthStripeMode,
  { prices }: Recording,
): Promise<Side> {
  const name = `peer-${mode}`
  const args = [database.url(name), mode, secret, prices.basic, prices.plus]
  const worker = await startWorker('better-auth-stripe-server.ts', cores.subject, ...args)
  return {
    ...atOnce,
    measured: new Measured(database, name, worker.pid),
    url: worker.greeting as string,
    know: (customers) =>
      aside.query(
        `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", "stripeCustomerId")
         select id, id, id || '@example.test', true, now(), now(), id from unnest($1::text[]) id`,
        [customers],
      ),
    states: (ids) =>
      states(
        aside,
        `select "stripeSubscriptionId" as id, status from subscription where "stripeSubscriptionId" = any ($1)`,
        ids,
      ),
    close: () => worker.close(),
  }
}

async function states(
  aside: pg.Client,
  query: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await aside.query<{ readonly id: string; readonly status: string }>(query, [ids])
  return new Map(rows.map(({ id, status }) => [id, status]))
}
