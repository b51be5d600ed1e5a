import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { applyMigrations, planMigrations } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { test } from 'vitest'
import { spawnHost } from '../../examples/reference-host/src/spawn-host.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import { hasPostgresServer, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault } from './report.fixture.ts'
import { startProxy } from './tcp-proxy.fixture.ts'

// Of what the server says while the migrations are applied, the places at which the wire is cut.
const cuts = 20

async function open(connectionString: string): Promise<Kysely<unknown>> {
  const pool = new pg.Pool({ connectionString, max: 1 })
  return new Kysely<unknown>({ dialect: postgresDialect({ pool }) })
}

/** Tables of Corbel that exist; `applied` is whether it says that they do. */
async function look(db: Kysely<unknown>): Promise<{ readonly tables: number; readonly applied: number }> {
  const { rows } = await sql<{ readonly n: number }>`
    select count(*)::integer as n from pg_tables where schemaname = current_schema() and tablename like 'corbel%'`.execute(
    db,
  )
  const { applied } = await planMigrations(db)
  return { tables: rows[0]?.n ?? 0, applied: applied.length }
}

const migrate = fileURLToPath(new URL('../../examples/reference-host/src/migrate.ts', import.meta.url))

function startMigrating(databaseUrl: string, folder: string): ChildProcess {
  return spawn(process.execPath, ['--conditions=@corbel/source', migrate, 'apply'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, CORBEL_DATA_DIR: folder },
    stdio: 'ignore',
  })
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

test.skipIf(!hasPostgresServer())(
  'F35: migrations that are cut off leave all or nothing, and one of two hosts applies them',
  async () => {
    const cluster = await startCluster()
    const proxy = await startProxy(cluster.port)
    const through = cluster.url.replace(`:${cluster.port}/`, `:${proxy.port}/`)
    try {
      const direct = await open(cluster.url)
      const { pending } = await planMigrations(direct)
      let half = 0
      let wasCut = 0
      for (let cut = 0; cut < cuts; cut++) {
        const db = await open(through)
        // From the first answers to beyond the last, however many migrations there are.
        proxy.cutAfter(Math.round(400 * 1.3 ** cut), () => wasCut++)
        await applyMigrations(db).catch(() => {})
        await db.destroy()
        await delay(20)
        const { tables, applied } = await look(direct)
        if ((tables === 0) !== (applied === 0)) half++
        if (applied > 0) break
      }
      proxy.cutAfter(Infinity, () => {})

      const control = await open(await cluster.create('control'))
      // The bad control: the same text, statement by statement, killed half-way.
      for (const { sql: text } of pending.slice(0, 1)) await sql.raw(text).execute(control)
      const bad = await look(control)
      await control.destroy()

      const folder = tempFolder()
      const empty = await cluster.create('hosts')
      const env = (name: string) => ({ CORBEL_DATA_DIR: `${folder}/${name}`, DATABASE_URL: empty })
      const hosts = await Promise.all([spawnHost(env('first')), spawnHost(env('second'))])
      const healthy = await Promise.all(
        hosts.map(async ({ url }) => (await fetch(`${url}/health/ready`)).status),
      )
      await Promise.all(hosts.map((host) => host.end('SIGTERM')))
      const after = await planMigrations(direct)
      const again = await applyMigrations(direct)
      await direct.destroy()
      expectFault(
        'F35',
        {
          cuts: wasCut,
          half,
          applied: after.applied.length,
          pending: after.pending.length,
          hosts: hosts.length,
          controlTables: bad.tables,
        },
        {
          'the wire was cut': wasCut >= 5,
          'nothing is half applied': half === 0,
          'both hosts are ready': healthy.every((status) => status === 200),
          'all is applied, once': after.pending.length === 0 && again.length === 0,
        },
        { 'nothing is half applied': (bad.tables === 0) === (bad.applied === 0) },
      )
    } finally {
      await proxy.close()
      await cluster.close()
    }
  },
)

// Each place is a process of its own, which takes most of a second to start.
const kills = 8

test.skipIf(!hasPostgresServer())(
  'F35: a migrating process that is killed leaves all or nothing, and two at once apply once',
  async () => {
    const cluster = await startCluster()
    const proxy = await startProxy(cluster.port)
    const folder = tempFolder()
    const through = cluster.url.replace(`:${cluster.port}/`, `:${proxy.port}/`)
    try {
      const direct = await open(cluster.url)
      const { pending } = await planMigrations(direct)
      let half = 0
      let killed = 0
      for (let kill = 0; kill < kills; kill++) {
        const child = startMigrating(through, folder)
        const end = endOf(child)
        proxy.cutAfter(500 + kill * 300, () => {
          child.kill('SIGKILL')
          killed++
        })
        await end
        proxy.cutAfter(Infinity, () => {})
        const { tables, applied } = await look(direct)
        if ((tables === 0) !== (applied === 0)) half++
        if (applied > 0) break
      }
      const rerun = await endOf(startMigrating(cluster.url, folder))
      const after = await planMigrations(direct)
      await direct.destroy()

      const empty = await cluster.create('together')
      const codes = await Promise.all([0, 1].map(() => endOf(startMigrating(empty, folder))))
      const together = await open(empty)
      const both = await planMigrations(together)
      await together.destroy()

      // The bad control: the same text, statement by statement, killed half-way.
      const control = await open(await cluster.create('control'))
      for (const { sql: text } of pending.slice(0, 1)) await sql.raw(text).execute(control)
      const bad = await look(control)
      await control.destroy()
      expectFault(
        'F35 kill -9',
        {
          killed,
          half,
          applied: after.applied.length,
          together: both.applied.length,
          controlTables: bad.tables,
        },
        {
          'processes were killed': killed >= 4,
          'nothing is half applied': half === 0,
          'the next one applies all of it': rerun === 0 && after.pending.length === 0,
          'two at once both succeed': codes.every((code) => code === 0) && both.pending.length === 0,
        },
        { 'nothing is half applied': (bad.tables === 0) === (bad.applied === 0) },
      )
    } finally {
      await proxy.close()
      await cluster.close()
    }
  },
)
