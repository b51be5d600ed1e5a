import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { applyMigrations } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { redisEventStream } from '@corbel/adapters/redis'
import { newId } from '@corbel/core'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { openRedis, redisUrl } from '../redis.ts'
import { postgresUrl } from '../storages.ts'
import { type FeedReader, judgeFeed, readFeed } from './feed-reader.fixture.ts'
import { hasProgram, type Proxy, startNginx } from './nginx.fixture.ts'
import { endChild } from './postgres-cluster.fixture.ts'
import { feedStream, type Replica, type ReplicaPlace, startReplica } from './replica.fixture.ts'
import { expectFault } from './report.fixture.ts'

const restarts = 10
const leastRequests = 50_000
const connections = 64
const readers = 50
const publishEveryMs = 50
const orderEveryMs = 20

const [postgres, redis] = [await postgresUrl(), await redisUrl()]
const isPossible = postgres !== null && redis !== null && hasProgram('nginx', '-v') && hasProgram('wrk', '-v')

interface Load {
  readonly requests: number
  readonly failed: number
}

/** wrk, until it is told to stop. */
function startWrk(url: string): { stop(): Promise<Load> } {
  const child = spawn('wrk', ['-t1', `-c${connections}`, '-d600s', '--timeout', '10s', `${url}/look`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return {
    async stop() {
      const closed = once(child, 'close')
      child.kill('SIGINT')
      await closed
      const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0)
      const socketErrors =
        /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? []
      return {
        requests: number(/(\d+) requests in/),
        failed:
          number(/Non-2xx or 3xx responses: (\d+)/) +
          socketErrors.slice(1).reduce((sum, n) => sum + Number(n), 0),
      }
    },
  }
}

/** What a replica that was told to stop says, until it says nothing. */
async function watchDrain(port: number): Promise<{ readonly unreadyWhileAnswering: boolean }> {
  let unreadyWhileAnswering = false
  for (;;) {
    try {
      const ready = await fetch(`http://127.0.0.1:${port}/health/ready`)
      await ready.arrayBuffer()
      const answer = await fetch(`http://127.0.0.1:${port}/look`)
      await answer.arrayBuffer()
      if (ready.status === 503 && answer.status === 200) unreadyWhileAnswering = true
    } catch {
      return { unreadyWhileAnswering }
    }
    await delay(20)
  }
}

interface Rolled extends Load {
  readonly orders: number
  readonly ordersFailed: number
  readonly fulfilled: number
  readonly events: number
  readonly lost: number
  readonly repeated: number
  readonly streamsTold: number
  readonly streamsBroken: number
  readonly longestExitMs: number
  readonly drained: number
  /** What the proxy answered instead of a success. */
  readonly failures: string
}

/** Restarts two replicas in turn under load, and goes on until there were at least so many requests. */
async function roll(mode: ReplicaPlace['mode'], times: number, least: number): Promise<Rolled> {
  const schema = newId('corbel_test')
  const databaseUrl = new URL(postgres ?? '')
  databaseUrl.searchParams.set('options', `-c search_path=${schema}`)
  const pool = new pg.Pool({ connectionString: databaseUrl.href, max: 2 })
  const opened = await openRedis(redis ?? '')
  const db = new Kysely<unknown>({ dialect: postgresDialect({ pool }) })
  await sql`create schema ${sql.id(schema)}`.execute(db)
  const place = { databaseUrl: databaseUrl.href, redisUrl: redis ?? '', prefix: opened.prefix(), mode }
  const stream = redisEventStream({
    client: opened.client,
    prefix: place.prefix,
    maxLength: 100_000,
    deadlineMs: 20_000,
  })
  let replicas: Replica[] = []
  let proxy: Proxy | undefined
  let feeds: readonly FeedReader[] = []
  const phase = { isOver: false }
  try {
    await applyMigrations(db)
    await sql`create table fulfilled (job_id text not null, number integer not null)`.execute(db)
    const ports = [await freePort(), await freePort()]
    replicas = await Promise.all(ports.map((port) => startReplica({ ...place, port })))
    proxy = await startNginx(ports)
    const { url } = proxy
    feeds = Array.from({ length: readers }, () => readFeed(`${url}/feed`))

    let events = 0
    const publishing = (async () => {
      while (!phase.isOver) {
        await stream.append(feedStream, String(events + 1))
        events++
        await delay(publishEveryMs)
      }
    })()
    const acknowledged: number[] = []
    let ordersFailed = 0
    const ordering = (async () => {
      for (let number = 1; !phase.isOver; number++) {
        const status = await fetch(`${url}/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': `order-number-${number}` },
          body: JSON.stringify({ number }),
        }).then(
          async (response) => (await response.arrayBuffer(), response.status),
          () => 0,
        )
        if (status === 201) acknowledged.push(number)
        else ordersFailed++
        await delay(orderEveryMs)
      }
    })()
    const wrk = startWrk(url)
    const before = await proxy.requests()

    let longestExitMs = 0
    let drained = 0
    for (let i = 0; i < times; i++) {
      const index = i % replicas.length
      const watched = watchDrain(ports[index] ?? 0)
      longestExitMs = Math.max(longestExitMs, (await replicas[index]?.stop()) ?? Infinity)
      if ((await watched).unreadyWhileAnswering) drained++
      replicas[index] = await startReplica({ ...place, port: ports[index] ?? 0 })
      await delay(500)
    }
    while ((await proxy.requests()) - before < least * 1.1) await delay(200)
    const load = await wrk.stop()
    phase.isOver = true
    await Promise.all([publishing, ordering])
    // Events and jobs that never come are a test that never ends, but for the control, which may lose some.
    for (let i = 0; i < 600 && feeds.some(({ numbers }) => numbers.length < events); i++) await delay(50)
    const done = async () => {
      const { rows } = await sql<{ readonly number: number }>`select number from fulfilled`.execute(db)
      return rows.map(({ number }) => number)
    }
    for (let i = 0; i < 800 && new Set(await done()).size < acknowledged.length; i++) await delay(50)
    const fulfilled = await done()
    const verdicts = feeds.map((feed) => judgeFeed(feed, events))
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    return {
      ...load,
      orders: acknowledged.length,
      ordersFailed,
      fulfilled: acknowledged.filter((number) => fulfilled.filter((n) => n === number).length === 1).length,
      events,
      lost: sum(verdicts.map(({ lost }) => lost)),
      repeated: sum(verdicts.map(({ repeated }) => repeated)),
      streamsTold: sum(feeds.map(({ ends }) => ends.told)),
      streamsBroken: sum(feeds.map(({ ends }) => ends.broken)),
      longestExitMs,
      drained,
      failures: Object.entries(proxy.failures())
        .map(([what, count]) => `${count} × ${what}`)
        .join(', '),
    }
  } finally {
    phase.isOver = true
    for (const feed of feeds) feed.close()
    await proxy?.close()
    await Promise.all(replicas.map(({ child }) => endChild(child)))
    await opened.close()
    await sql`drop schema ${sql.id(schema)} cascade`.execute(db)
    await db.destroy()
  }
}

const demandsOf = (rolled: Rolled, times: number) => ({
  'no request fails': rolled.failed === 0 && rolled.ordersFailed === 0,
  'every order is fulfilled once': rolled.fulfilled === rolled.orders,
  'no event is lost': rolled.lost === 0,
  'no event is repeated': rolled.repeated === 0,
  'readers are told to come back': rolled.streamsBroken === 0 && rolled.streamsTold >= readers,
  'readiness is off before anything is refused': rolled.drained === times,
  'it ends within a second of its last answer': rolled.longestExitMs <= 1000,
})

test.skipIf(!isPossible)(
  'F12: ten rolling restarts of two replicas behind nginx fail no request, no reader and no job',
  async () => {
    const rolled = await roll('gentle', restarts, leastRequests)
    const control = await roll('abrupt', 2, 0)
    expect(rolled.requests).toBeGreaterThanOrEqual(leastRequests)
    expectFault(
      'F12',
      {
        restarts,
        ...rolled,
        controlFailed: control.failed + control.ordersFailed,
        controlStreamsBroken: control.streamsBroken,
      },
      demandsOf(rolled, restarts),
      demandsOf(control, 2),
    )
  },
)
