import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { applyMigrations } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { newId } from '@corbel/core/ports'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { recordBackend } from '../backends.ts'
import { postgresUrl } from '../storages.ts'
import { entryJob, type LedgerPlace, ledgerTables, openLedger, type QueueKind } from './ledger.fixture.ts'

const orders = 500
const kills = 10
const workers = 2
// Entries between two kills, so that all of them fall into the work.
const stride = 35

const testLimit = 180_000
const script = fileURLToPath(new URL('worker.fixture.ts', import.meta.url))
const connectionString = (await postgresUrl()) ?? ''

/** What the ledger says of the orders that were acknowledged. */
interface Verdict {
  readonly lost: number
  readonly duplicated: number
  readonly unexpected: number
  /** Jobs that more than one attempt was begun at. */
  readonly redelivered: number
  readonly killed: number
}

async function startWorker(place: LedgerPlace): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--conditions=@corbel/source', script, JSON.stringify(place)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('The worker ended at its start.'))),
  ])
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/** Orders entries, kills workers while they write them, and compares the ledger with what was ordered. */
async function workAndKill(queue: QueueKind, ackFirst: boolean): Promise<Verdict> {
  const schema = newId('corbel_jobs')
  const place: LedgerPlace = { connectionString, schema, queue, ackFirst }
  // Counts the jobs of every tenant, which row-level security shows only to the platform.
  const options = `-c search_path=${schema} -c corbel.scope=platform`
  const admin = new pg.Pool({ connectionString, max: 2, options })
  await admin.query(`create schema ${schema}`)
  const migrating = new pg.Pool({ connectionString, max: 1, options: `-c search_path=${schema}` })
  const db = new Kysely<unknown>({ dialect: postgresDialect({ pool: migrating }) })
  await applyMigrations(db)
  for (const table of ledgerTables) await sql.raw(table).execute(db)
  await db.destroy()

  const count = async (query: string): Promise<number> => {
    const { rows } = await admin.query<{ readonly n: number }>(`select (${query})::integer as n`)
    return rows[0]?.n ?? 0
  }
  const entries = () => count('select count(*) from entries')
  const waiting =
    queue === 'storage'
      ? `select count(*) from corbel_jobs where name = '${entryJob}'`
      : `select count(*) from ${schema}_boss.job where name = '${entryJob}' and state < 'completed'`

  const ordering = await openLedger(place)
  await ordering.stack.start(undefined, { workers: false })
  const acknowledged = new Set<number>()
  const ordered = Promise.all(
    Array.from({ length: orders }, async (_, number) => {
      await ordering.stack.ledger.order(number)
      acknowledged.add(number)
    }),
  )

  const running = await Promise.all(Array.from({ length: workers }, () => startWorker(place)))
  let killed = 0
  try {
    for (let next = stride; killed < kills; next += stride) {
      while ((await entries()) < next && (await count(waiting)) > 0) await delay(5)
      const victim = running.shift()
      if (victim) await end(victim, 'SIGKILL')
      killed++
      running.push(await startWorker(place))
    }
    await ordered
    // A job that is never done is a test that never ends.
    while ((await count(waiting)) > 0) await delay(50)
    // What was acknowledged too early may still be under way.
    for (const child of running) expect(await end(child, 'SIGTERM')).toBe(0)

    const { rows } = await admin.query<{ readonly number: number }>('select number from entries')
    const written = rows.map(({ number }) => number)
    const distinct = new Set(written)
    return {
      lost: [...acknowledged].filter((number) => !distinct.has(number)).length,
      duplicated: written.length - distinct.size,
      unexpected: written.filter((number) => !acknowledged.has(number)).length,
      redelivered: await count(
        'select count(*) from (select from begun group by job_id having count(*) > 1) as again',
      ),
      killed,
    }
  } finally {
    await Promise.all(running.map((child) => end(child, 'SIGKILL')))
    await ordering.close()
    await admin.query(`drop schema ${schema} cascade`)
    await admin.query(`drop schema if exists ${schema}_boss cascade`)
    await admin.end()
  }
}

describe.skipIf(connectionString === '')('workers that are killed', () => {
  beforeAll(() => recordBackend('postgres workers'))

  test.each(['storage', 'pg-boss'] as const)(
    '500 jobs and 10 kills on the queue of %s: none is lost, and none has its effect twice',
    async (queue) => {
      const { redelivered, ...verdict } = await workAndKill(queue, false)
      expect(verdict).toEqual({ lost: 0, duplicated: 0, unexpected: 0, killed: kills })
      expect(redelivered).toBeGreaterThan(0)
    },
    testLimit,
  )

  test(
    'the same check finds the loss of workers that acknowledge before they work',
    async () => {
      const control = await workAndKill('storage', true)
      expect(control.lost).toBeGreaterThan(0)
      expect(control.killed).toBe(kills)
    },
    testLimit,
  )
})
