import { setTimeout as delay } from 'node:timers/promises'
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
        proxy.cutAfter(400 + cut * 150, () => wasCut++)
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
