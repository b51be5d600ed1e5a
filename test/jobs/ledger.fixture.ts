import { setTimeout as delay } from 'node:timers/promises'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { pgBossQueue } from '@corbel/adapters/pg-boss'
import { postgresDialect } from '@corbel/adapters/postgres'
import { createStack, defineJobs, defineModule, fromEnv, type ModuleContext, work } from '@corbel/core'
import { type JobQueue, silentLogger, storageJobQueue } from '@corbel/core/ports'
import { Kysely } from 'kysely'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import * as z from 'zod'

export type QueueKind = 'storage' | 'pg-boss'

export interface LedgerPlace {
  readonly connectionString: string
  readonly schema: string
  readonly queue: QueueKind
  /** The bad control: a job is acknowledged when it is taken, before it is done. */
  readonly ackFirst: boolean
}

const LedgerJobs = defineJobs({
  write: {
    name: 'ledger.entry.write',
    summary: 'Writes one entry, once.',
    payload: z.object({ number: z.int() }),
    lease: '1s',
    retry: '1s',
    longestRetry: '1s',
    // More than there are kills.
    attempts: 50,
    concurrency: 8,
  },
})

export const entryJob = LedgerJobs.write.name

export const ledgerTables = [
  'create table begun (job_id text not null, pid integer not null)',
  'create table effects (job_id text primary key)',
  'create table entries (number integer not null)',
]

// Long enough that a kill finds jobs at every stage.
const workMs = 25

/** Writes the entry of a job once, however often it is asked to. */
const effect = `with first as (insert into effects values ($1) on conflict do nothing returning job_id)
  insert into entries select $2::integer from first`

/** A stack whose jobs write entries into a ledger. */
export async function openLedger({ connectionString, schema, queue: kind, ackFirst }: LedgerPlace) {
  const pool = new pg.Pool({ connectionString, max: 6, options: `-c search_path=${schema}` })
  const storage = kyselyStorage({ db: new Kysely<unknown>({ dialect: postgresDialect({ pool }) }) })
  const boss = kind === 'pg-boss' ? await openBoss(connectionString, schema) : null
  const queue = boss === null ? storageJobQueue(storage) : pgBossQueue({ boss })
  const ledger = defineModule({
    name: 'ledger',
    catalogs: { jobs: LedgerJobs },
    services: ({ transaction }: ModuleContext<unknown>) => ({
      order: (number: number) =>
        transaction(({ jobs }) => jobs.enqueue(LedgerJobs.write.of(null, { number }))),
    }),
    jobs: () => [
      work(LedgerJobs.write, async ({ id, payload }) => {
        await pool.query('insert into begun values ($1, $2)', [id, process.pid])
        await delay(workMs)
        await pool.query(effect, [id, payload.number])
      }),
    ],
  })
  const stack = createStack({
    modules: [ledger],
    storage: storage as never,
    queue: ackFirst ? acknowledging(queue) : queue,
    settings: fromEnv({}),
    logger: silentLogger,
  })
  return {
    stack,
    pool,
    close: async () => {
      await stack.stop()
      await boss?.stop({ graceful: false })
      await pool.end()
    },
  }
}

async function openBoss(connectionString: string, schema: string): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString,
    schema: `${schema}_boss`,
    max: 4,
    schedule: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  })
  boss.on('error', () => {})
  return boss.start()
}

const acknowledging = (queue: JobQueue): JobQueue => ({
  ...queue,
  claim: async (policy, limit) => {
    const jobs = await queue.claim(policy, limit)
    for (const job of jobs) await queue.complete(job)
    return jobs
  },
  renew: async () => true,
  complete: async () => true,
})
