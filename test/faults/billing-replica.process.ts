import { setTimeout as delay } from 'node:timers/promises'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { stripeGateway } from '@corbel/adapters/stripe'
import { auth } from '@corbel/auth'
import { billing } from '@corbel/billing'
import { createStack, DomainError, fromEnv, type Id, Secret } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { Kysely } from 'kysely'
import pg from 'pg'
import { Stripe } from 'stripe'
import { startServer } from '../../examples/reference-host/src/server.ts'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { peppers } from '../auth/support.fixture.ts'

export type Deed = 'start' | 'seats' | 'change' | 'later' | 'cancel' | 'resume' | 'end'

// A replica with billing, to be killed: `node billing-replica.process.ts <database> <port of the gateway> <secret> good|bad`.
const [, , connectionString = '', gatewayPort = '', secret = '', mode] = process.argv

const pool = new pg.Pool({ connectionString, max: 8, ...poolDeadlines })
pool.on('error', () => {})
const storage = kyselyStorage({
  db: new Kysely<unknown>({ dialect: postgresDialect({ pool, pipelined: true }) }),
})
const client = new Stripe('sk_test_lab', {
  host: '127.0.0.1',
  port: Number(gatewayPort),
  protocol: 'http' as const,
  telemetry: false,
})

// Long enough for a transaction to be killed in its middle.
const longestMs = 40
// Of the bad control: long enough that some of the kills find it between the two.
const betweenMs = 1500

type Storage = typeof storage

type Inbox = Storage['repositories']['billing']['inbox']

const withInbox = <S extends Pick<Storage, 'repositories'>>(given: S, change: Partial<Inbox>): S => ({
  ...given,
  repositories: {
    ...given.repositories,
    billing: {
      ...given.repositories.billing,
      inbox: { ...given.repositories.billing.inbox, ...change },
    },
  },
})

/** Takes its time on both sides of what it marks. */
const slow = (given: Storage, marking: (inbox: Inbox) => Inbox['settle']): Storage => ({
  ...given,
  transaction: (work) =>
    given.transaction((scope) => {
      const mark = marking(scope.repositories.billing.inbox)
      const settle: Inbox['settle'] = async (settlements, now) => {
        await delay(Math.random() * longestMs)
        const settled = await mark(settlements, now)
        await delay(Math.random() * longestMs)
        return settled
      }
      return work(withInbox(scope, { settle }))
    }),
})

/** The bad control: events are marked as done in a transaction of their own, before what they say is applied. */
function hasty(given: Storage): Storage {
  const { inbox } = given.repositories.billing
  const claim: Inbox['claim'] = async (options) => {
    const claimed = await inbox.claim(options)
    const ended = { outcome: 'done', tenantId: null, note: null } as const
    await inbox.settle(
      claimed.map((event) => ({ claim: event, ...ended })),
      options.now,
    )
    await delay(betweenMs)
    return claimed
  }
  return withInbox(
    slow(given, () => async (settlements) => settlements.length),
    { claim },
  )
}

const stack = createStack({
  modules: [
    tenant(),
    auth({ passwords: cheapHasher }),
    billing({ gateway: stripeGateway({ client, livemode: false }), webhookSecrets: [new Secret(secret)] }),
  ],
  storage: mode === 'bad' ? hasty(storage) : slow(storage, ({ settle }) => settle),
  logger: silentLogger,
  settings: fromEnv(peppers),
})
const { subscriptions } = stack.billing

const starter = { planCode: 'starter', interval: 'month' } as const
const deeds: Readonly<Record<Deed, (own: { readonly tenantId: Id<'ten'> }) => Promise<unknown>>> = {
  // The gateway is ahead of our clock, so that no trial of ours ends in its future.
  start: (own) => subscriptions.start(own, { ...starter, trialDays: 0 }),
  seats: (own) => subscriptions.changeSeats(own, 1 + Math.floor(Math.random() * 9)),
  change: (own) => subscriptions.changePlan(own, { planCode: 'pro', when: 'now', settle: 'next-invoice' }),
  later: (own) =>
    subscriptions.changePlan(own, { planCode: 'starter', when: 'period-end', settle: 'next-invoice' }),
  cancel: (own) => subscriptions.cancel(own, { when: 'period-end' }),
  resume: (own) => subscriptions.resume(own),
  end: (own) => subscriptions.cancel(own, { when: 'now' }),
}

/** What somebody wants; 204 when it was done, 409 when it is refused. */
async function drive(request: Request): Promise<Response> {
  const { tenantId, deed } = (await request.json()) as { readonly tenantId: Id<'ten'>; readonly deed: Deed }
  try {
    await deeds[deed]({ tenantId })
    return new Response(null, { status: 204 })
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return new Response(error.code, { status: 409 })
  }
}

await stack.start()
const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  maxBodyBytes: 1 << 20,
  fetch: (request, connection) =>
    new URL(request.url).pathname === '/drive' ? drive(request) : stack.fetch(request, connection),
})
process.stdout.write(`${new URL(server.url).port}\n`)
