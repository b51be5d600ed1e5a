import { type JobQueue, jobQueueConformance, newId, realTime, type Storage } from '@corbel/core/ports'
import type { PGlite } from '@electric-sql/pglite'
import { Kysely } from 'kysely'
import { fromPglite, PgBoss } from 'pg-boss'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { backends, openStorage, openTimeout, postgresUrl, startPglite } from '../../../../test/storages.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { kyselyStorage } from '../kysely/kysely-storage.ts'
import { memoryStorage } from '../memory/memory-storage.ts'
import { pgliteDialect } from '../pglite/pglite-dialect.ts'
import { pgBossQueue } from './pg-boss-queue.ts'

interface Opened {
  readonly boss: PgBoss
  readonly storage: Storage<unknown>
  close(): Promise<void>
}

const schema = newId('boss')
// The tests say when it looks for leases that ran out.
const quiet = { schema, supervise: false, schedule: false } as const

async function openPglite(): Promise<Opened> {
  const client: PGlite = await startPglite()
  const boss = new PgBoss({ ...quiet, db: fromPglite(client), backend: 'pglite' })
  await boss.start()
  const storage = kyselyStorage({ db: new Kysely<unknown>({ dialect: pgliteDialect({ client }) }) })
  return {
    boss,
    storage,
    close: async () => {
      await boss.stop({ graceful: false })
      await client.close()
    },
  }
}

async function openPostgres(): Promise<Opened> {
  const boss = new PgBoss({ ...quiet, connectionString: (await postgresUrl()) ?? '', max: 8 })
  await boss.start()
  const opened = await openStorage('postgres')
  return {
    boss,
    storage: opened.storage,
    close: async () => {
      await boss.getDb().executeSql(`drop schema ${schema} cascade`)
      await boss.stop({ graceful: false })
      await opened.close()
    },
  }
}

const databases = (await backends()).filter((backend) => backend !== 'memory')

describe.each(databases)('pg-boss on %s', (backend) => {
  let opened: Opened
  let queue: JobQueue

  beforeAll(async () => {
    opened = await (backend === 'pglite' ? openPglite() : openPostgres())
    queue = pgBossQueue({ boss: opened.boss })
    recordBackend(`pg-boss on ${backend}`)
  }, openTimeout)
  afterAll(() => opened?.close())

  /** As if the time had passed: pg-boss's leases last 10 s and more. */
  async function wait(ms: number): Promise<void> {
    const { boss } = opened
    const back = `- interval '${ms} milliseconds'`
    await boss.getDb().executeSql(`update ${schema}.job set start_after = start_after ${back},
      started_on = started_on ${back}, heartbeat_on = heartbeat_on ${back}, created_on = created_on ${back}`)
    await boss.getDb().executeSql(`update ${schema}.queue set monitor_on = null, monitor_claim_on = null`)
    await boss.supervise()
  }

  jobQueueConformance(conforming('job queue', `pg-boss on ${backend}`), async () => {
    const { boss, storage } = opened
    await boss.deleteAllJobs()
    return {
      clock: realTime.clock,
      wait,
      queue,
      transaction: (work) => storage.transaction((tx) => work(queue.within(tx))),
    }
  })

  test('a queue that was never opened refuses its jobs', async () => {
    const refused = queue.enqueue({ name: 'test.unknown.do', tenantId: null, payload: {} })
    await expect(refused).rejects.toThrow('test.unknown.do')
  })

  test('a storage without SQL is refused, and no job is lost in silence', async () => {
    const failed = memoryStorage().transaction(async (tx) => queue.within(tx))
    await expect(failed).rejects.toThrow('kyselyStorage')
  })

  test('check resolves while the database answers', async () => {
    await expect(queue.check?.()).resolves.toBeUndefined()
  })
})
