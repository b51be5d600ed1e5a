import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { localStripe, type LocalStripeStore } from '@corbel/adapters/local-stripe'
import { postgresDialect } from '@corbel/adapters/postgres'
import { auth } from '@corbel/auth'
import { applyCatalog, defaultPlans } from '@corbel/billing'
import { createStack, fromEnv, type Id, newId, Secret } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'
import { serveGateway } from '../billing/gateway-server.fixture.ts'
import { differencesOf, type Told } from '../billing/history-verdict.fixture.ts'
import { seeded } from '../billing/seeded.ts'
import { keepRecordedEvents } from '../recorded-events.ts'
import type { Deed } from './billing-replica.process.ts'
import { type ControlServer, startControl } from './control-server.fixture.ts'
import { asAdmin } from './invariants.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault, ms } from './report.fixture.ts'

type Mode = 'good' | 'bad'

const replicas = 3
const kills = 20
/** Commands before the first kill. */
const warmUp = 20
const killEveryMs = 400
const tenantCount = 10
const webhookSecret = 'whsec_of_the_kill_lab'
// What a killed process had claimed is due again after 60 s.
const quietMs = 180_000

/** One gateway, one database and the processes between them. */
async function openPlace(url: string, mode: Mode) {
  const connect = (connectionString: string) => {
    const pool = new pg.Pool({ connectionString, max: 4 })
    pool.on('error', () => {})
    return new Kysely<unknown>({ dialect: postgresDialect({ pool }) })
  }
  const owner = connect(url)
  await applyMigrations(owner)
  await owner.destroy()
  const db = connect(asAdmin(url))
  for (const statement of keepRecordedEvents) await sql.raw(statement).execute(db)
  await sql`grant insert on recorded_events to corbel`.execute(db)
  const storage = kyselyStorage({ db })

  let kept: string | null = null
  const store: LocalStripeStore = {
    read: async () => kept,
    write: async (text) => {
      kept = text
    },
  }
  const running = new Set<ControlServer>()
  const acknowledged = new Set<string>()
  const withCard = new Set<string>()
  let lost = 0

  const anyone = (): ControlServer | undefined => {
    const ready = [...running]
    return ready[Math.floor(Math.random() * ready.length)]
  }
  const send = async (path: string, init: RequestInit): Promise<number> => {
    const port = anyone()?.port
    if (port === undefined) return 0
    const url = `http://127.0.0.1:${port}${path}`
    const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(20_000), ...init })
    await response.arrayBuffer()
    return response.status
  }
  const receive = async (body: string, signature: string): Promise<number> => {
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json; charset=utf-8' }
    const status = await send('/webhooks/stripe', { body, headers }).catch(() => 0)
    if (status === 200) acknowledged.add((JSON.parse(body) as { readonly id: string }).id)
    else lost++
    return status
  }

  const local = await localStripe({
    webhookSecret: new Secret(webhookSecret),
    store,
    deliver: ({ body, signature }) => receive(body, signature),
    chaos: { random: seeded(1), duplicate: 0.2, reorder: 0.5 },
  })
  await applyCatalog(defaultPlans, local.gateway.catalog)

  const server = await serveGateway(local.fetch)
  const tenants: Id<'ten'>[] = []
  const start = () =>
    startControl('billing-replica.process.ts', url, String(server.port), webhookSecret, mode)

  return {
    mode,
    db,
    local,
    running,
    acknowledged,
    tenants,
    start,
    send,
    async begin() {
      const stack = createStack({
        modules: [tenant(), auth({ passwords: cheapHasher })],
        storage,
        logger: silentLogger,
        settings: fromEnv(peppers),
      })
      for (let index = 0; index < tenantCount; index++)
        tenants.push(
          (await stack.tenant.tenants.create({ name: `Tenant ${index}`, ownerId: newId('usr') })).id,
        )
    },
    refused: () => lost,
    async resendLost() {
      for (const event of await local.events()) {
        const known = await storage.repositories.billing.inbox.find({ account: 'self', id: event.id })
        if (known !== null) continue
        const payload = JSON.stringify(event)
        await receive(
          payload,
          await Stripe.webhooks.generateTestHeaderStringAsync({ payload, secret: webhookSecret }),
        )
      }
    },
    /** Sometimes one that is declined. */
    async handOutCards(random: () => number) {
      const { rows } = await sql<{ readonly id: string }>`
        select customer_id as id from corbel_billing_customers`.execute(db)
      for (const { id } of rows)
        if (!withCard.has(id) || random() < 0.02) {
          withCard.add(id)
          await local.giveCard(id, random() < 0.8 ? 'pm_card_visa' : 'pm_card_chargeCustomerFail')
        }
    },
    async commands() {
      const { rows } = await sql<{ readonly count: number }>`
        select count(*)::integer as count from corbel_billing_commands`.execute(db)
      return rows[0]?.count ?? 0
    },
    async pending() {
      const { rows } = await sql<{ readonly count: number }>`
        select (select count(*) from corbel_billing_inbox where status = 'pending')::integer +
          (select count(*) from corbel_billing_commands where status = 'pending')::integer as count`.execute(
        db,
      )
      const stored = await sql<{ readonly count: number }>`
        select count(*)::integer as count from corbel_billing_inbox`.execute(db)
      return { count: rows[0]?.count ?? 1, stored: stored.rows[0]?.count ?? 0 }
    },
    async verdict() {
      const { rows } = await sql<Told>`select type, payload from recorded_events`.execute(db)
      const wrong = await differencesOf({
        storage,
        gateway: local.gateway,
        tenants,
        told: rows,
        reported: new Map<string, never>(),
        world: kept ?? '{}',
      })
      const { rows: stored } = await sql<{
        readonly id: string
      }>`select id from corbel_billing_inbox`.execute(db)
      const ids = new Set(stored.map(({ id }) => id))
      const vanished = [...acknowledged].filter((id) => !ids.has(id)).length
      const commands = rows.filter(({ type }) => type === 'billing.change.requested').length
      return { wrong, vanished, events: stored.length, commands, told: rows.length }
    },
    async close() {
      await Promise.all([...running].map((replica) => replica.close()))
      server.close()
      await db.destroy()
    },
  }
}

type Place = Awaited<ReturnType<typeof openPlace>>

const deeds: readonly Deed[] = ['start', 'start', 'seats', 'change', 'later', 'cancel', 'resume', 'end']

/** What people do, one thing after the other for each tenant, and time with them. */
async function use(place: Place, isOver: () => boolean, seed: number): Promise<void> {
  const random = seeded(seed)
  const people = place.tenants.map(async (tenantId) => {
    while (!isOver()) {
      const deed = deeds[Math.floor(random() * deeds.length)] ?? 'start'
      await place.send('/drive', { body: JSON.stringify({ tenantId, deed }) }).catch(() => 0)
      await delay(random() * 500)
    }
  })
  const time = async () => {
    while (!isOver()) {
      await place.local.flush()
      await place.handOutCards(random)
      if (random() < 0.1) await place.local.advance('16d')
      await delay(200)
    }
  }
  await Promise.all([...people, time()])
}

const demandsOf = ({ wrong, vanished }: Awaited<ReturnType<Place['verdict']>>) => ({
  'what was acknowledged is stored': vanished === 0,
  [`both sides are alike, and nothing happened twice (${wrong.slice(0, 5).join('; ')})`]: wrong.length === 0,
})

test.skipIf(!hasPostgresServer())(
  'replicas that are killed lose no billing event, repeat none, and end as the gateway does',
  async () => {
    const cluster = await startCluster()
    const phase = { isOver: false, isQuiet: false }
    const places = [
      await openPlace(cluster.url, 'good'),
      await openPlace(await cluster.create('control'), 'bad'),
    ] as const
    const [good, bad] = places
    try {
      await Promise.all(places.map((place) => place.begin()))
      async function keep(place: Place): Promise<void> {
        while (!phase.isOver) {
          const replica = await place.start().catch(() => null)
          if (replica === null) continue
          if (phase.isOver) return replica.close()
          place.running.add(replica)
          if (replica.child.exitCode === null && replica.child.signalCode === null)
            await once(replica.child, 'exit')
          place.running.delete(replica)
        }
      }
      const keeping = [...Array.from({ length: replicas }, () => keep(good)), keep(bad)]
      const using = places.map((place, index) => use(place, () => phase.isQuiet, index + 1))
      for (const place of places) while ((await place.commands()) < warmUp) await delay(200)
      let killed = 0
      while (killed < kills) {
        await delay(killEveryMs * 2 * Math.random())
        for (const place of places) {
          const ready = [...place.running]
          const victim = ready[Math.floor(Math.random() * ready.length)]
          if (victim === undefined) continue
          place.running.delete(victim)
          victim.child.kill('SIGKILL')
          if (place === good) killed++
        }
      }
      phase.isQuiet = true
      await Promise.all(using)
      const calm = performance.now()
      for (const place of places) {
        const until = performance.now() + quietMs
        for (;;) {
          await place.local.flush()
          await place.resendLost()
          const { count, stored } = await place.pending()
          if (count === 0 && stored === (await place.local.events()).length) break
          if (performance.now() > until) break
          await delay(500)
        }
      }
      const calmSeconds = ms((performance.now() - calm) / 1000)
      phase.isOver = true
      await Promise.all(places.flatMap(({ running }) => [...running].map((replica) => replica.close())))
      await Promise.all(keeping)
      const [verdict, badVerdict] = [await good.verdict(), await bad.verdict()]
      expect(verdict.events).toBeGreaterThanOrEqual(200)
      expect(verdict.commands).toBeGreaterThanOrEqual(warmUp)
      expectFault(
        'billing-kill',
        {
          replicas,
          kills: killed,
          events: verdict.events,
          commands: verdict.commands,
          told: verdict.told,
          deliveriesRefused: good.refused(),
          vanished: verdict.vanished,
          wrong: verdict.wrong.length,
          calmSeconds,
          controlEvents: badVerdict.events,
          controlWrong: badVerdict.wrong.length,
        },
        demandsOf(verdict),
        demandsOf(badVerdict),
      )
    } finally {
      phase.isOver = true
      phase.isQuiet = true
      await Promise.all(places.map((place) => place.close()))
      await cluster.close()
    }
  },
  1_200_000,
)
