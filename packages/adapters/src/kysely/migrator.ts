import { type Clock, systemClock } from '@corbel/core/ports'
import { type Kysely, sql } from 'kysely'
import type { Database, Db } from './database.ts'
import { checksumOf, type Migration, statementsOf } from './migration.ts'
import { migrations } from './migrations.ts'
import { grantScopedRole } from './row-security.ts'

/** The database cannot be migrated by this code, and the message says why. Nothing was changed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

export interface MigrationPlan {
  /** Names, in the order in which they were applied. */
  readonly applied: readonly string[]
  /** What `applyMigrations` would run, in this order. */
  readonly pending: readonly Migration[]
}

export interface MigrateOptions {
  /** @default Corbel's own */
  readonly migrations?: readonly Migration[]
  /** @default systemClock */
  readonly clock?: Clock
}

/** A tenth of a second each. */
const lockAttempts = 600

const asDb = (db: unknown): Kysely<Database> => (db as Kysely<Database>).withoutPlugins()

/**
 * Compares the database with the migrations of this version. Changes nothing.
 *
 * @throws MigrationError when an applied migration is unknown here or was another text.
 */
export function planMigrations<DB>(
  db: Kysely<DB>,
  options: Pick<MigrateOptions, 'migrations'> = {},
): Promise<MigrationPlan> {
  return plan(asDb(db), options.migrations ?? migrations)
}

/**
 * Brings the schema up to date, in one transaction: all that is pending or nothing. Of hosts that start at once one applies and the
 * others wait for it. Returns the names of what was applied now.
 *
 * The pool's `query_timeout` bounds each statement. A lock on a table is waited for 5 s at most, so that a migration behind a long
 * query does not hold up everybody behind itself.
 *
 * @throws MigrationError as {@link planMigrations}, and when a migration fails or another host does not finish.
 */
export function applyMigrations<DB>(
  db: Kysely<DB>,
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const { clock = systemClock } = options
  return asDb(db)
    .transaction()
    .execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx)
      await lock(tx)
      await sql`set local lock_timeout = '5s'`.execute(tx)
      // The policies bind the owner too, and a migration may change the rows of every tenant.
      await sql`set local corbel.scope = 'platform'`.execute(tx)
      const { pending } = await plan(tx, options.migrations ?? migrations)
      if (pending.length === 0) return []
      await sql`
        create table if not exists corbel_migrations (
          name text collate "C" primary key,
          checksum text collate "C" not null,
          applied_at timestamptz not null
        )`.execute(tx)
      for (const migration of pending) await apply(tx, migration, clock.now())
      await grantScopedRole(tx)
      return pending.map(({ name }) => name)
    })
}

// In short statements: one long wait would end at the pool's `query_timeout`.
async function lock(tx: Db): Promise<void> {
  for (let attempt = 0; attempt < lockAttempts; attempt++) {
    const { rows } = await sql<{ readonly locked: boolean }>`
      select pg_try_advisory_xact_lock(hashtextextended('corbel_migrations ' || current_schema(), 0)) as locked`.execute(
      tx,
    )
    if (rows[0]?.locked === true) return
    await sql`select pg_sleep(0.1)`.execute(tx)
  }
  throw new MigrationError(
    'Another host has been migrating this database for a minute. Nothing was changed here; look at that host, then start again.',
  )
}

async function apply(tx: Db, migration: Migration, appliedAt: Date): Promise<void> {
  const { name } = migration
  try {
    for (const statement of statementsOf(migration)) await sql.raw(statement).execute(tx)
  } catch (cause) {
    throw new MigrationError(`Migration ${name} failed, so none was applied: ${(cause as Error).message}`, {
      cause,
    })
  }
  await tx
    .insertInto('corbel_migrations')
    .values({ name, checksum: checksumOf(migration), applied_at: appliedAt })
    .execute()
}

async function plan(db: Db, known: readonly Migration[]): Promise<MigrationPlan> {
  const applied = await readApplied(db)
  const byName = new Map(known.map((migration) => [migration.name, migration]))
  for (const { name, checksum } of applied) {
    const migration = byName.get(name)
    if (!migration) {
      throw new MigrationError(
        `The database has migration ${name}, which this version does not know: a newer version has migrated it. Run that version or a newer one.`,
      )
    }
    if (checksumOf(migration) !== checksum) {
      throw new MigrationError(
        `Migration ${name} is not the text that was applied to the database. Restore the released text; put a correction into a new migration.`,
      )
    }
  }
  const names = new Set(applied.map(({ name }) => name))
  return { applied: [...names], pending: known.filter(({ name }) => !names.has(name)) }
}

async function readApplied(db: Db): Promise<readonly { readonly name: string; readonly checksum: string }[]> {
  const { rows } = await sql<{ readonly found: boolean }>`
    select to_regclass('corbel_migrations') is not null as found`.execute(db)
  if (rows[0]?.found !== true) return []
  const applied = await db
    .selectFrom('corbel_migrations')
    .select(['name', 'checksum'])
    .orderBy('applied_at')
    .orderBy('name')
    .execute()
  return applied
}
