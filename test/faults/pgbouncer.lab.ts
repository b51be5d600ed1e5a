import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { applyMigrations, kyselyStorage } from '@corbel/adapters/kysely'
import { poolDeadlines, postgresDialect } from '@corbel/adapters/postgres'
import { type Id, newId } from '@corbel/core/ports'
import { Kysely } from 'kysely'
import pg from 'pg'
import { expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { postgresUrl } from '../storages.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { expectFault } from './report.fixture.ts'

const program = '/usr/sbin/pgbouncer'
const lanes = 24
const rounds = 40
// Fewer than there are lanes, so that transactions change servers.
const servers = 4

interface Bouncer {
  readonly url: string
  close(): Promise<void>
}

async function startBouncer(database: URL, schema: string): Promise<Bouncer> {
  const folder = tempFolder()
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  // `poolDeadlines` are parameters of the connection, which PgBouncer refuses unless it is told of them.
  writeFileSync(
    file,
    `[databases]
corbel = host=${database.hostname} port=${database.port || 5432} dbname=${database.pathname.slice(1)} user=${database.username} password=${database.password} connect_query='set search_path = ${schema}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${servers}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits,statement_timeout,lock_timeout,idle_in_transaction_session_timeout
`,
  )
  chmodSync(folder, 0o755)
  const asUser = process.getuid?.() === 0 ? ['-u', 'postgres'] : []
  const child: ChildProcess = spawn(program, ['-q', ...asUser, file], { stdio: 'ignore' })
  const url = `postgres://corbel@127.0.0.1:${port}/corbel`
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}.`)
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    const answered = await client.connect().then(
      () => true,
      () => false,
    )
    await client.end().catch(() => {})
    if (answered) break
    await delay(20)
  }
  return {
    url,
    async close() {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
    },
  }
}

interface Tally {
  readonly done: number
  readonly failed: number
  /** Reads that gave another tenant, or none. */
  readonly wrong: number
  readonly undelivered: number
}

/** Reads and transactions of many tenants at a time, each of which must get its own. */
async function work(connectionString: string, pipelined: boolean): Promise<Tally> {
  const pool = new pg.Pool({ connectionString, max: lanes, ...poolDeadlines })
  const db = new Kysely<unknown>({ dialect: postgresDialect({ pool, pipelined }) })
  const storage = kyselyStorage({ db })
  let [done, failed, wrong] = [0, 0, 0]
  const lane = async () => {
    for (let round = 0; round < rounds; round++) {
      const id: Id<'ten'> = newId('ten')
      const tenant = { id, slug: id.replace('_', '-'), name: id, createdAt: new Date().toISOString() }
      try {
        await storage.transaction(async ({ repositories, events }) => {
          await repositories.tenant.tenants.insert(tenant)
          await events.record({ type: 'faults.tenant.made', tenantId: id, payload: {} })
        })
        const found = await storage.repositories.tenant.tenants.find(id)
        if (found?.id !== id) wrong++
        const entries = await storage.outbox.claim({ limit: 4, leaseMs: 60_000 })
        await storage.outbox.settle(entries.map((entry) => entry.id))
        done++
      } catch {
        failed++
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  for (;;) {
    const entries = await storage.outbox.claim({ limit: 100, leaseMs: 60_000 }).catch(() => [])
    if (entries.length === 0) break
    await storage.outbox.settle(entries.map((entry) => entry.id)).catch(() => {})
  }
  const undelivered = await storage.outbox.depth().then(
    ({ pending }) => pending,
    () => -1,
  )
  await db.destroy()
  return { done, failed, wrong, undelivered }
}

const demandsOf = ({ failed, wrong, undelivered }: Tally) => ({
  'nothing fails': failed === 0,
  'each tenant gets its own': wrong === 0,
  'every event is delivered': undelivered === 0,
})

const found = await postgresUrl()
const why = !existsSync(program) ? 'pgbouncer is not installed' : found === null ? 'no Postgres' : null

test.skipIf(why !== null)(
  `statements without names work behind PgBouncer in transaction mode${why === null ? '' : ` (skipped: ${why})`}`,
  async () => {
    const database = new URL(found ?? '')
    const schema = newId('corbel_test')
    const admin = new pg.Pool({
      connectionString: database.href,
      max: 1,
      options: `-c search_path=${schema}`,
    })
    await admin.query(`create schema ${schema}`)
    const setUp = new Kysely<unknown>({ dialect: postgresDialect({ pool: admin }) })
    await applyMigrations(setUp)
    const bouncer = await startBouncer(database, schema)
    try {
      const tally = await work(bouncer.url, false)
      // PgBouncer knows of prepared statements from 1.21 on; what an older one does with named ones is what the switch is for.
      const bad = await work(bouncer.url, true)
      const version = /\d+\.\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[0] ?? ''
      expect(tally.done).toBe(lanes * rounds)
      const figures = { version, lanes, servers, transactions: tally.done, failedWithNames: bad.failed }
      expectFault('pgbouncer', figures, demandsOf(tally), demandsOf(bad))
    } finally {
      await bouncer.close()
      await admin.query(`drop schema ${schema} cascade`)
      await setUp.destroy()
    }
  },
)
