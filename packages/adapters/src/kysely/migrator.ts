import { type Clock, systemClock } from '@corbel/core/ports'
import { type Kysely, sql } from 'kysely'
import type { Database, Db } from './database.ts'
import { checksumOf, type Migration, statementsOf } from './migration.ts'
import { migrations } from './migrations.ts'

/** The database was migrated by other code than this. Nothing was changed. */
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
 * A lock on a table is waited for 5 s at most, so that a migration behind a long query does not hold up everybody behind itself.
 *
 * @throws MigrationError as {@link planMigrations}.
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
      await sql`set local lock_timeout = '60s'`.execute(tx)
      await sql`select pg_advisory_xact_lock(hashtextextended('corbel_migrations ' || current_schema(), 0))`.execute(
        tx,
      )
      await sql`set local lock_timeout = '5s'`.execute(tx)
      const { pending } = await plan(tx, options.migrations ?? migrations)
      if (pending.length === 0) return []
      await sql`
        create table if not exists corbel_migrations (
          name text collate "C" primary key,
          checksum text collate "C" not null,
          applied_at timestamptz not null
        )`.execute(tx)
      for (const migration of pending) await apply(tx, migration, clock.now())
      return pending.map(({ name }) => name)
    })
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
