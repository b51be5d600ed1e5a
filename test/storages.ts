import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { applyMigrations, type KyselyRepositories, kyselyStorage } from '@corbel/adapters/kysely'
import { memoryStorage } from '@corbel/adapters/memory'
import { pgliteDialect } from '@corbel/adapters/pglite'
import { postgresDialect } from '@corbel/adapters/postgres'
import { type Clock, newId, type Storage, systemClock } from '@corbel/core/ports'
import { PGlite } from '@electric-sql/pglite'
import { type Driver, Kysely, type LogEvent, sql } from 'kysely'
import pg from 'pg'
import { recordBackend } from './backends.ts'

export type Backend = 'memory' | 'pglite' | 'postgres'

export interface OpenStorage {
  /** Read it again after `clear`: in memory there is a new one. */
  readonly storage: Storage<KyselyRepositories>
  /** Sees and changes the rows of every tenant, for tests that look behind the storage. Null in memory. */
  readonly db: Kysely<unknown> | null
  /** SQL statements sent since the last `reset`, begin and commit included. */
  readonly statements: { count(): number; reset(): void }
  /** Empties every table. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Cold starts of PGlite take seconds: give `beforeAll` this time-out. */
export const openTimeout = 120_000

const candidates = [
  'postgres://corbel_test:corbel_test@127.0.0.1:5432/corbel_test',
  'postgres://postgres@127.0.0.1:5432/test',
  'postgres://postgres@127.0.0.1:5432/postgres',
]

/**
 * Where Postgres for tests is: CORBEL_TEST_DATABASE_URL, or whatever answers on the standard port. Null when nothing does. Its role is
 * one that row-level security binds.
 */
export async function postgresUrl(): Promise<string | null> {
  const told = process.env['CORBEL_TEST_DATABASE_URL']
  if (told) return asPlainRole(told)
  for (const url of candidates) {
    try {
      return await asPlainRole(url)
    } catch {
      // Nothing there, or not for this role: the next one.
    }
  }
  if (process.env['CI'] === 'true')
    throw new Error('CI runs the suites on Postgres: set CORBEL_TEST_DATABASE_URL.')
  return null
}

const plainRole = 'corbel_test_plain'

/** The same address, for a role without privileges that is made when the one of the address has any. */
async function asPlainRole(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ database: string; sees: boolean }>(
      `select current_database() as database, rolsuper or rolbypassrls as sees from pg_roles where rolname = current_user`,
    )
    if (rows[0]?.sees !== true) return url
    // Test files start at the same time, and two grants on one database at once fail.
    await client.query(`
      begin;
      select pg_advisory_xact_lock(hashtext('${plainRole}'));
      do $$ begin create role ${plainRole} login password '${plainRole}'; exception when duplicate_object then null; end $$;
      grant create on database ${pg.escapeIdentifier(rows[0].database)} to ${plainRole};
      commit`)
  } finally {
    await client.end()
  }
  const plain = new URL(url)
  plain.username = plainRole
  plain.password = plainRole
  return plain.href
}

/** The back ends on which a suite is to run here. */
export async function backends(): Promise<readonly Backend[]> {
  return (await postgresUrl()) === null ? ['memory', 'pglite'] : ['memory', 'pglite', 'postgres']
}

/** What happens to each statement. */
export interface Interference {
  /** Changes it, as a bug would, or throws, as a connection does that breaks before it arrives. */
  readonly rewrite?: (sql: string) => string
  /** Throws, as a connection does that breaks before the answer. */
  readonly answered?: () => void
}

/** An empty, migrated storage of one test file. Call `close` when done. */
export async function openStorage(
  backend: Backend,
  { clock = systemClock, ...interference }: Interference & { readonly clock?: Clock } = {},
): Promise<OpenStorage> {
  if (backend === 'memory') return openMemory(clock)
  const { db, everything, statements, close } = await openDatabase(backend, interference)
  await applyMigrations(db)
  return {
    storage: kyselyStorage({ db, clock }),
    db: everything,
    statements,
    async clear() {
      // The rest goes with these, by cascade.
      for (const table of [
        'corbel_tenants',
        'corbel_users',
        'corbel_attempts',
        'corbel_outbox',
        'corbel_jobs',
        'corbel_deliveries',
        'corbel_idempotency_keys',
        'corbel_nonces',
        'corbel_sign_up_invites',
        'corbel_sign_up_requests',
        'corbel_sso_connections',
        'corbel_audit_chains',
        'corbel_audit_events',
        'corbel_billing_inbox',
        'corbel_billing_marks',
        'corbel_status_components',
        'corbel_status_incidents',
        'corbel_status_maintenance',
        'corbel_status_subscriptions',
      ]) {
        await sql`delete from ${sql.table(table)}`.execute(everything)
      }
    },
    close,
  }
}

export interface OpenDatabase extends Pick<OpenStorage, 'statements' | 'close'> {
  /** What a host would open: its role is bound by row-level security. */
  readonly db: Kysely<unknown>
  /** Looks across tenants. Its statements are not counted. */
  readonly everything: Kysely<unknown>
}

/** A database, or a schema of one, in which there is nothing yet. */
export async function openDatabase(
  backend: Exclude<Backend, 'memory'>,
  { rewrite = (sql) => sql, answered = () => {} }: Interference = {},
): Promise<OpenDatabase> {
  let count = 0
  const counted = {
    statements: {
      count: () => count,
      reset: () => {
        count = 0
      },
    },
    interference: { rewrite, answered },
    log: (_event: LogEvent) => void count++,
    /** kysely does not log the begin and the commit of PGlite. */
    transaction: () => void (count += 2),
  }
  const opened = await (backend === 'pglite' ? openPglite(counted) : openPostgres(counted))
  recordBackend(await nameOf(opened.db, backend))
  return { ...opened, statements: counted.statements }
}

function disturbed<D extends Driver>(driver: D, { rewrite, answered }: Required<Interference>): D {
  const patched = new WeakSet()
  const acquire = driver.acquireConnection.bind(driver)
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options)
    if (patched.has(connection)) return connection
    patched.add(connection)
    const execute = connection.executeQuery.bind(connection)
    connection.executeQuery = async <R>(...[query, limits]: Parameters<typeof execute>) => {
      const result = await execute<R>({ ...query, sql: rewrite(query.sql) }, limits)
      answered()
      return result
    }
    return connection
  }
  return driver
}

interface Counting {
  readonly interference: Required<Interference>
  readonly log: (event: LogEvent) => void
  readonly transaction: () => void
}

async function nameOf(db: Kysely<unknown>, backend: Backend): Promise<string> {
  const { rows } = await sql<{ readonly server_version: string }>`show server_version`.execute(db)
  return `${backend} ${rows[0]?.server_version.split(' ', 1)[0]}`
}

function openMemory(clock: Clock): OpenStorage {
  recordBackend('memory')
  let storage = memoryStorage({ clock })
  return {
    get storage() {
      return storage
    },
    db: null,
    statements: { count: () => 0, reset() {} },
    clear: async () => {
      storage = memoryStorage({ clock })
    },
    close: async () => {},
  }
}

async function openPglite({ interference, log, transaction }: Counting) {
  const client = await startPglite()
  const dialect = pgliteDialect({ client })
  const createDriver = dialect.createDriver.bind(dialect)
  // Not by way of the client: a scoped statement is one, though it runs in a transaction there; none of it leaves the process.
  dialect.createDriver = () => {
    const driver = disturbed(createDriver(), interference)
    const begin = driver.beginTransaction.bind(driver)
    driver.beginTransaction = (connection, settings) => {
      transaction()
      return begin(connection, settings)
    }
    return driver
  }
  const db = new Kysely<unknown>({ dialect, log })
  await sql`create schema corbel_test`.execute(db)
  await sql`set search_path = corbel_test`.execute(db)
  // Unscoped statements run as PGlite's superuser, whom no policy binds.
  const everything = new Kysely<unknown>({ dialect: pgliteDialect({ client }) })
  return { db, everything, close: () => db.destroy() }
}

const require = createRequire(import.meta.url)
const pgliteVersion =
  dirname(require.resolve('@electric-sql/pglite')).match(/pglite@([\d.]+)/)?.[1] ?? 'unknown'
const snapshot = fileURLToPath(new URL(`../node_modules/.cache/pglite-${pgliteVersion}.tar`, import.meta.url))

/** From a data folder that an earlier start has left: initialising one takes seconds. */
export async function startPglite(): Promise<PGlite> {
  if (existsSync(snapshot)) return PGlite.create({ loadDataDir: new Blob([readFileSync(snapshot)]) })
  const client = await PGlite.create()
  const dump = await client.dumpDataDir('none')
  mkdirSync(dirname(snapshot), { recursive: true })
  // Other test files may be doing the same: only a whole file gets the name.
  const whole = `${snapshot}.${process.pid}.${newId('tmp')}`
  writeFileSync(whole, new Uint8Array(await dump.arrayBuffer()))
  renameSync(whole, snapshot)
  return client
}

async function openPostgres({ interference, log }: Counting) {
  const connectionString = await postgresUrl()
  if (connectionString === null) throw new Error('There is no Postgres to test with.')
  const schema = newId('corbel_test')
  const dialect = (settings: string, max: number) =>
    postgresDialect({
      // As the reference host does by default. `false` tests what a pooler needs.
      pipelined: process.env['CORBEL_TEST_PIPELINED'] !== 'false',
      pool: new pg.Pool({
        connectionString,
        max,
        // Far beyond what a busy machine needs: what hangs fails, and nothing is timed.
        connectionTimeoutMillis: 20_000,
        statement_timeout: 20_000,
        options: `-c search_path=${schema} ${settings}`,
      }),
    })
  const bound = dialect('', 16)
  const createDriver = bound.createDriver.bind(bound)
  bound.createDriver = () => disturbed(createDriver(), interference)
  const db = new Kysely<unknown>({ dialect: bound, log })
  const everything = new Kysely<unknown>({ dialect: dialect('-c corbel.scope=platform', 2) })
  await sql`create schema ${sql.id(schema)}`.execute(db)
  const close = async () => {
    await sql`drop schema ${sql.id(schema)} cascade`.execute(db)
    await Promise.all([db.destroy(), everything.destroy()])
  }
  return { db, everything, close }
}
