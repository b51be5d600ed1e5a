import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostProcess } from '../../examples/reference-host/src/spawn-host.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import {
  ask,
  bearer,
  isAlive,
  newToken,
  postRegistration,
  startHost,
  type Told,
} from './fault-host.fixture.ts'
import { asAdmin } from './invariants.fixture.ts'
import { hasPostgresServer, type PostgresCluster, startCluster } from './postgres-cluster.fixture.ts'
import { ms, quantile, expectFault } from './report.fixture.ts'
import { startProxy, type TcpProxy } from './tcp-proxy.fixture.ts'

// Of the host's pool: 1 s for a connection, 4 s for an answer, 2 s for a lock.
const waitMs = 1000
const answerMs = 4000
const lockMs = 2000

const runs = 3
const requests = 50

const worst = (times: readonly number[]): number => Math.max(...times)

/** Of the runs the one that other work on the machine disturbed least. */
const least = (times: readonly number[]): number => Math.min(...times)

/** The latest that an error may come after its deadline. */
const late = (deadline: number): number => deadline * 1.1 + 50

describe.skipIf(!hasPostgresServer())('a Postgres that says nothing', () => {
  let cluster: PostgresCluster
  let proxy: TcpProxy
  let host: HostProcess
  let token: string

  beforeAll(async () => {
    cluster = await startCluster()
    proxy = await startProxy(cluster.port)
    const url = cluster.url.replace(`:${cluster.port}/`, `:${proxy.port}/`)
    host = await startHost(tempFolder(), { DATABASE_URL: url })
    token = await newToken(host.url, 'ada@example.com')
  })

  afterAll(async () => {
    await host?.end('SIGKILL')
    await proxy?.close()
    await cluster?.close()
  })

  const me = () => ask(`${host.url}/api/v1/auth/me`, { headers: bearer(token) })
  const rename = () =>
    ask(`${host.url}/api/v1/tenants/account`, {
      method: 'PATCH',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Another name' }),
    })
  const isClean = ({ status, retryAfter }: Told): boolean => status === 503 && retryAfter !== null

  async function until(reached: () => Promise<boolean>): Promise<number> {
    const started = performance.now()
    while (!(await reached())) await delay(20)
    return performance.now() - started
  }

  const isReady = async () => (await ask(`${host.url}/health/ready`)).status === 200

  /** Asks for liveness all the time until it is told to stop; returns how long the answers took, endless for a bad one. */
  function watchLiveness(): () => Promise<readonly number[]> {
    const phase = { isOver: false }
    const delays: number[] = []
    const watching = (async () => {
      while (!phase.isOver) {
        const { status, durationMs } = await ask(`${host.url}/health`)
        delays.push(status === 200 ? durationMs : Infinity)
        await delay(20)
      }
    })()
    return async () => {
      phase.isOver = true
      await watching
      return delays
    }
  }

  async function poolInUse(): Promise<number> {
    const text = await (await fetch(`${host.url}/metrics`)).text()
    return Number(/^corbel_database_pool_connections\{state="used"\} (\d+)$/m.exec(text)?.[1] ?? NaN)
  }

  /** Warm connections, so that some are caught in the middle and some are waited for. */
  const warm = () => Promise.all(Array.from({ length: 30 }, me))

  test('F4: behind a partition every request ends within its deadline', async () => {
    const worsts: number[] = []
    const outcomes: Told[] = []
    const notReady: number[] = []
    const recoveries: number[] = []
    const live: number[] = []
    for (let run = 0; run < runs; run++) {
      await warm()
      // In the middle of their transactions when the partition comes, and before and after.
      const early = Array.from({ length: 10 }, (_, n) =>
        postRegistration(host.url, `early-${run}-${n}@example.com`),
      )
      await delay(60 + 60 * run)
      proxy.blackhole()
      const stop = watchLiveness()
      const unready = until(async () => !(await isReady()))
      const asked = Array.from({ length: requests }, (_, n) =>
        n % 5 === 0 ? postRegistration(host.url, `run-${run}-${n}@example.com`) : me(),
      )
      const answers = await Promise.all(asked)
      notReady.push(await unready)
      outcomes.push(...answers)
      const caught = (await Promise.all(early)).filter(({ status }) => status !== 201)
      outcomes.push(...caught)
      worsts.push(worst([...answers, ...caught].map(({ durationMs }) => durationMs)))
      live.push(...(await stop()))
      proxy.heal()
      recoveries.push(await until(isReady))
      await until(async () => (await me()).status === 200)
    }
    // Whoever waited for a connection may then still wait for an answer.
    const deadline = waitMs + answerMs
    const bad = await silentControl(cluster)
    const demands = (times: readonly number[]) => ({
      'each ends within its deadline': least(times) <= late(deadline),
    })
    expectFault(
      'F4',
      {
        runs,
        requests: outcomes.length,
        strange: outcomes.filter((told) => !isClean(told)).length,
        worstMs: ms(least(worsts)),
        deadlineMs: deadline,
        worstRatio: Math.round((least(worsts) / deadline) * 100) / 100,
        notReadyMs: ms(worst(notReady)),
        readyAfterMs: ms(worst(recoveries)),
        livenessP99Ms: ms(quantile(live, 0.99)),
        controlMs: ms(worst(bad)),
      },
      {
        ...demands(worsts),
        'only 503 with Retry-After': outcomes.every(isClean),
        'liveness stays': !live.includes(Infinity),
        'readiness goes': worst(notReady) <= 2000 + 500,
        'readiness comes back': worst(recoveries) <= 1000 + 500,
        alive: isAlive(host),
      },
      demands(bad),
    )
  })

  test('F5: a pool that is used up turns requests away in time, and leaks nothing', async () => {
    const held = new pg.Client({ connectionString: asAdmin(cluster.url) })
    await held.connect()
    const outcomes: Told[] = []
    const medians: number[] = []
    const worsts: number[] = []
    const live: number[] = []
    const recoveries: number[] = []
    const used: number[] = []
    for (let run = 0; run < runs; run++) {
      await warm()
      await held.query('begin')
      await held.query('lock table corbel_tenants in access exclusive mode')
      const stop = watchLiveness()
      const answers = await Promise.all(Array.from({ length: 200 }, rename))
      outcomes.push(...answers)
      const times = answers.map(({ durationMs }) => durationMs)
      medians.push(quantile(times, 0.5))
      worsts.push(worst(times))
      live.push(...(await stop()))
      await held.query('rollback')
      recoveries.push(await until(async () => (await rename()).status === 200))
      await until(async () => (await poolInUse()) === 0)
      used.push(await poolInUse())
    }
    await held.end()
    const bad = await exhaustedControl(cluster)
    const demands = (durations: readonly number[]) => ({
      'each ends within its deadline': least(durations) <= late(waitMs + lockMs),
    })
    expectFault(
      'F5',
      {
        runs,
        requests: outcomes.length,
        strange: outcomes.filter((told) => !isClean(told)).length,
        medianMs: ms(least(medians)),
        worstMs: ms(least(worsts)),
        deadlineMs: waitMs + lockMs,
        livenessP99Ms: ms(quantile(live, 0.99)),
        recoveryMs: ms(Math.max(...recoveries)),
        leaked: Math.max(...used),
        controlMs: ms(Math.max(...bad)),
      },
      {
        ...demands(worsts),
        'those that wait for a connection end within their deadline': least(medians) <= late(waitMs),
        'only 503 with Retry-After': outcomes.every(isClean),
        'liveness stays': !live.includes(Infinity),
        'nothing leaks': used.every((count) => count === 0),
        alive: isAlive(host),
      },
      demands(bad),
    )
    expect(outcomes).toHaveLength(runs * 200)
  })
})

// The bad controls wait as long as it takes to know that they have no deadline.
const controlPatienceMs = 7000

/** How long a query takes over a pool as `pg` makes it by default, when its server says nothing. */
async function silentControl(cluster: PostgresCluster): Promise<readonly number[]> {
  const proxy = await startProxy(cluster.port)
  const pool = new pg.Pool({ connectionString: cluster.url.replace(`:${cluster.port}/`, `:${proxy.port}/`) })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  await sql`select 1`.execute(db)
  proxy.blackhole()
  const duration = await patiently(sql`select 1`.execute(db))
  proxy.reset()
  await proxy.close()
  return [duration]
}

/** How long a wait for a connection takes over such a pool, when another has it. */
async function exhaustedControl(cluster: PostgresCluster): Promise<readonly number[]> {
  const pool = new pg.Pool({ connectionString: cluster.url, max: 1 })
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const holder = db.connection().execute(() => delay(controlPatienceMs + 200))
  const duration = await patiently(sql`select 1`.execute(db))
  await holder
  await db.destroy()
  return [duration]
}

async function patiently(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await Promise.race([work.catch(() => {}), delay(controlPatienceMs)])
  return performance.now() - started
}
