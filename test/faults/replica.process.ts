import { setTimeout as delay } from 'node:timers/promises'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { redisClientOptions, redisEventStream } from '@corbel/adapters/redis'
import {
  anyone,
  created,
  createStack,
  defineContract,
  defineJobs,
  defineModule,
  eventStream,
  fromEnv,
  implement,
  json,
  type ModuleContext,
  ok,
  type ServerSentEvent,
  work,
} from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { Redis } from 'ioredis'
import { Kysely } from 'kysely'
import pg from 'pg'
import * as z from 'zod'
import { startServer } from '../../examples/reference-host/src/server.ts'
import { stopServing } from '../../examples/reference-host/src/stop-serving.ts'
import { feedStream, type ReplicaPlace } from './replica.fixture.ts'

// One of the replicas behind a proxy: answers, does jobs, and tells a feed. Prints its port, and at its end how it ended.
const place = JSON.parse(process.argv[2] ?? '') as ReplicaPlace

// Long enough that a stop finds some under way.
const jobMs = 200
const shutdownDelayMs = 1000

// Far beyond what a busy machine needs: deadlines are another fault's.
const deadlineMs = 20_000

const pool = new pg.Pool({
  connectionString: place.databaseUrl,
  max: 8,
  ...poolDeadlines,
  connectionTimeoutMillis: deadlineMs,
  statement_timeout: deadlineMs,
  query_timeout: deadlineMs,
})
const storage = kyselyStorage({ db: new Kysely<unknown>({ dialect: postgresDialect({ pool }) }) })
const redis = new Redis(place.redisUrl, redisClientOptions)
const stream = redisEventStream({ client: redis, prefix: place.prefix, maxLength: 100_000, deadlineMs })

const OrderJobs = defineJobs({
  fulfil: {
    name: 'orders.order.fulfil',
    summary: 'Writes an order down, once.',
    payload: z.object({ number: z.int() }),
    concurrency: 10,
  },
})

const Order = z.object({ number: z.int() })

const contract = defineContract('orders', '', {
  look: { method: 'GET', path: '/look', access: anyone, summary: 'A read', success: ok(Order) },
  order: {
    method: 'POST',
    path: '/orders',
    access: anyone,
    summary: 'Orders',
    body: json(Order),
    success: created(Order),
  },
  feed: { method: 'GET', path: '/feed', access: anyone, summary: 'Events', success: eventStream(Order) },
})

async function* follow(
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent<{ number: number }>> {
  for await (const { events, reset } of stream.follow(feedStream, after, signal)) {
    if (reset) throw new Error('The feed began anew.')
    for (const { id, data } of events) yield { id, data: { number: Number(data) } }
  }
}

const orders = defineModule({
  name: 'orders',
  catalogs: { jobs: OrderJobs },
  services: ({ transaction }: ModuleContext<unknown>) => ({
    order: (number: number) => transaction(({ jobs }) => jobs.enqueue(OrderJobs.fulfil.of(null, { number }))),
  }),
  jobs: () => [
    work(OrderJobs.fulfil, async ({ id, payload }) => {
      await delay(jobMs)
      await pool.query('insert into fulfilled values ($1, $2)', [id, payload.number])
    }),
  ],
  routes: ({ order }) =>
    implement(contract, {
      look: async () =>
        (await pool.query<{ readonly number: number }>('select 1 as number')).rows[0] ?? { number: 0 },
      order: async ({ body }) => {
        await order(body.number)
        return body
      },
      feed: async ({ request }) => follow(request.headers.get('last-event-id'), request.signal),
    }),
})

const stack = createStack({
  modules: [orders],
  storage: storage as never,
  logger: silentLogger,
  settings: fromEnv({}),
})
await stack.start()
let lastAnswer = 0
const server = await startServer({
  host: '127.0.0.1',
  port: place.port,
  maxBodyBytes: 1 << 20,
  async fetch(request, connection) {
    const response = await stack.fetch(request, connection)
    lastAnswer = performance.now()
    return response
  },
})

async function stop(): Promise<void> {
  await stopServing(stack, server, { delayMs: shutdownDelayMs, limitMs: 10_000 })
  await stack.stop()
  await pool.end()
  redis.disconnect()
}

process.on('SIGTERM', () => {
  // The bad control ends as a process does that knows nothing of its load balancer.
  if (place.mode === 'abrupt') process.exit(0)
  void stop().then(() => {
    process.stdout.write(`${Math.round(performance.now() - lastAnswer)}\n`, () => process.exit(0))
  })
})
process.stdout.write(`${new URL(server.url).port}\n`)
