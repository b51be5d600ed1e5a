import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { Environment, HostProcess } from '../../examples/reference-host/src/spawn-host.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { keepRecordedEvents } from '../recorded-events.ts'
import { bearer, isAlive, newToken, startHost } from './fault-host.fixture.ts'
import { asAdmin } from './invariants.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault, quantile } from './report.fixture.ts'

const callers = 50
const perKill = 12

type Query = <Row>(sql: string) => Promise<readonly Row[]>

interface Place {
  readonly env: Environment
  /** How often the host is killed; each time it starts twice more. */
  readonly kills: number
  /** Asks the database, as an administrator, while no host has it. */
  inspect<T>(work: (query: Query) => Promise<T>): Promise<T>
}

interface Told {
  readonly status: number
  readonly retryAfter: string | null
  readonly isReplayed: boolean
  readonly text: string
}

async function rename(url: string, token: string, name: string, key?: string): Promise<Told> {
  try {
    const response = await fetch(`${url}/api/v1/tenants/account`, {
      method: 'PATCH',
      headers: {
        ...bearer(token),
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: JSON.stringify({ name }),
    })
    const { status, headers } = response
    return {
      status,
      retryAfter: headers.get('retry-after'),
      isReplayed: headers.get('idempotency-replayed') === 'true',
      text: await response.text(),
    }
  } catch {
    return { status: 0, retryAfter: null, isReplayed: false, text: '' }
  }
}

/** Asks again while a request under the key is still running. */
async function patiently(ask: () => Promise<Told>): Promise<Told> {
  for (;;) {
    const told = await ask()
    if (told.status !== 409) return told
    await delay(50)
  }
}

/** How often each name was given. */
const effects = ({ inspect }: Place): Promise<ReadonlyMap<string, number>> =>
  inspect(async (query) => {
    const rows = await query<{ readonly name: string; readonly times: number }>(
      `select payload ->> 'name' as name, count(*)::integer as times from recorded_events
       where type = 'tenant.account.renamed' group by 1`,
    )
    return new Map(rows.map(({ name, times }) => [name, times]))
  })

/** As if the minute had passed after which a request that never finished may be taken up again. */
const endLeases = ({ inspect }: Place): Promise<unknown> =>
  inspect((query) => query('update corbel_idempotency_keys set lease_until = now() where status is null'))

const isClean = ({ status, retryAfter }: Told): boolean =>
  status === 200 || (status === 409 && retryAfter !== null)

/** Kills the host while it works on requests of tenants of their own, each under a key. */
async function killMidway(place: Place, folder: string, tokens: readonly string[], round: number) {
  const named = (n: number) => `Killed in round ${round}, ${n}`
  const ask = (host: HostProcess, n: number) =>
    rename(host.url, tokens[n] ?? '', named(n), `killed-${round}-${n}`)
  let host = await startHost(folder, place.env)
  // What a first request has to wait for comes before the race.
  for (const token of tokens) await rename(host.url, token, 'Somebody')
  const asked = tokens.map((_, n) => ask(host, n))
  await Promise.race(asked)
  await delay(round * 2)
  await host.end('SIGKILL')
  const answered = (await Promise.all(asked)).filter(({ status }) => status === 200).length
  host = await startHost(folder, place.env)
  const atOnce = await Promise.all(tokens.map((_, n) => ask(host, n)))
  await host.end('SIGTERM')
  await endLeases(place)
  host = await startHost(folder, place.env)
  const later = await Promise.all(tokens.map((_, n) => ask(host, n)))
  await host.end('SIGTERM')
  const done = await effects(place)
  const times = tokens.map((_, n) => done.get(named(n)) ?? 0)
  return { answered, atOnce, later, times }
}

/** Makes the schema, and has every event kept that is recorded in it. */
async function prepare({ env, inspect }: Place, folder: string): Promise<void> {
  await (await startHost(folder, env)).end('SIGTERM')
  await inspect(async (query) => {
    for (const statement of keepRecordedEvents) await query(statement)
  })
}

async function expectKeysHold(backend: string, folder: string, place: Place): Promise<void> {
  await prepare(place, folder)
  const host = await startHost(folder, place.env)
  let lives = false
  let parallel: readonly Told[] = []
  let replayed: readonly Told[] = []
  const tokens: string[] = []
  const others: Record<string, Told> = {}
  try {
    const token = await newToken(host.url, 'ada@example.com')
    const stranger = await newToken(host.url, 'eve@example.com')
    parallel = await Promise.all(
      Array.from({ length: callers }, () => rename(host.url, token, 'Once', 'the-key')),
    )
    replayed = await Promise.all(
      Array.from({ length: callers }, () => patiently(() => rename(host.url, token, 'Once', 'the-key'))),
    )
    others['other body'] = await rename(host.url, token, 'Something else', 'the-key')
    others['other tenant'] = await rename(host.url, stranger, 'Elsewhere', 'the-key')
    others['no valid key'] = await rename(host.url, token, 'Invalid', 'x'.repeat(256))
    // The bad control: without a key everybody takes effect.
    await Promise.all(Array.from({ length: callers }, () => rename(host.url, token, 'Without a key')))
    for (let n = 0; n < perKill; n++) tokens.push(await newToken(host.url, `user-${n}@example.com`))
    lives = isAlive(host)
  } finally {
    await host.end('SIGTERM')
  }
  const before = await effects(place)
  const rounds = []
  for (let round = 1; round <= place.kills; round++)
    rounds.push(await killMidway(place, folder, tokens, round))

  const texts = new Set(
    [...parallel, ...replayed].filter(({ status }) => status === 200).map(({ text }) => text),
  )
  const atOnce = rounds.flatMap((round) => round.atOnce)
  const later = rounds.flatMap((round) => round.later)
  const times = rounds.flatMap((round) => round.times)
  const demandsOf = (name: string) => ({ 'there is one effect': before.get(name) === 1 })
  expect(parallel).toHaveLength(callers)
  expectFault(
    `F34 ${backend}`,
    {
      callers,
      succeeded: parallel.filter(({ status }) => status === 200).length,
      effects: before.get('Once') ?? 0,
      kills: place.kills,
      answeredBeforeKill: rounds.reduce((sum, { answered }) => sum + answered, 0),
      resumedAtOnce: atOnce.filter(({ status }) => status === 200).length,
      resumedAfterLease: later.filter(({ status }) => status === 200).length,
      effectsPerKilledKeyMedian: quantile(times, 0.5),
      effectsPerKilledKeyMost: Math.max(...times),
      controlEffects: before.get('Without a key') ?? 0,
    },
    {
      ...demandsOf('Once'),
      'at once it is 200, or 409 with Retry-After': parallel.every(isClean),
      'afterwards it is the kept answer': replayed.every(
        ({ status, isReplayed }) => status === 200 && isReplayed,
      ),
      'all answers are one answer': texts.size === 1,
      'another body is refused with 422': others['other body']?.status === 422,
      'what was refused has no effect': !before.has('Something else') && !before.has('Invalid'),
      'a key that is none is refused with 400': others['no valid key']?.status === 400,
      'the key of another tenant is another key':
        others['other tenant']?.status === 200 &&
        !others['other tenant'].isReplayed &&
        before.get('Elsewhere') === 1,
      'after a kill it is 200, or 409 with Retry-After': atOnce.every(isClean),
      'after a kill and the lease it is 200': later.every(({ status }) => status === 200),
      'after a kill nothing is lost': times.every((count) => count >= 1),
      // Once by the killed process and once by the one that took the request up again.
      'after a kill nothing takes effect more than twice': times.every((count) => count <= 2),
      'the host lives': lives,
    },
    demandsOf('Without a key'),
  )
}

test('F34: a key stands for one effect, on PGlite', async () => {
  const folder = tempFolder()
  await expectKeysHold('pglite', folder, {
    env: {},
    kills: 1,
    async inspect(work) {
      const client = await PGlite.create(join(folder, 'data', 'database'))
      try {
        return await work(async <Row>(sql: string) => (await client.query<Row>(sql)).rows)
      } finally {
        await client.close()
      }
    },
  })
})

test.skipIf(!hasPostgresServer())('F34: a key stands for one effect, on Postgres', async () => {
  const cluster = await startCluster()
  try {
    await expectKeysHold('postgres', tempFolder(), {
      env: { DATABASE_URL: cluster.url },
      kills: 3,
      async inspect(work) {
        const client = new pg.Client({ connectionString: asAdmin(cluster.url) })
        await client.connect()
        try {
          return await work(async <Row>(sql: string) => (await client.query(sql)).rows as Row[])
        } finally {
          await client.end()
        }
      },
    })
  } finally {
    await cluster.close()
  }
})
