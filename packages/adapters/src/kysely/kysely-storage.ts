import type { AuthRepositories } from '@corbel/auth/ports'
import { type AdapterInfo, type Clock, type Storage, systemClock } from '@corbel/core/ports'
import type { TenantRepositories } from '@corbel/core/tenant/ports'
import { CompiledQuery, type Kysely, PGliteAdapter, sql } from 'kysely'
import { EscapeGuard } from '../escape-guard.ts'
import { kyselyEmailVerificationRepository } from './auth/email-verification-repository.ts'
import { kyselySessionRepository } from './auth/session-repository.ts'
import { kyselyUserRepository } from './auth/user-repository.ts'
import type { Database, Db } from './database.ts'
import { kyselyEventRecorder } from './platform/event-recorder.ts'
import { kyselyIdempotencyStore } from './platform/idempotency-store.ts'
import { kyselyJobRecorder, kyselyJobStore } from './platform/job-store.ts'
import { kyselyOutbox } from './platform/outbox.ts'
import { kyselyMembershipRepository } from './tenant/membership-repository.ts'
import { kyselyTenantRepository } from './tenant/tenant-repository.ts'
import { kyselyTenantSettingsRepository } from './tenant/tenant-settings-repository.ts'

export interface KyselyRepositories {
  readonly tenant: TenantRepositories
  readonly auth: AuthRepositories
}

export type KyselyStorage = Storage<KyselyRepositories>

export interface KyselyStorageOptions<DB> {
  /** Over Postgres 15 or newer, or PGlite. Its tables may be anybody's: Corbel's are added by `applyMigrations`. */
  readonly db: Kysely<DB>
  /** @default systemClock */
  readonly clock?: Clock
  /** What reports call it. @default 'pglite' for PGlite, else 'postgres' */
  readonly name?: string
}

/**
 * Keeps everything in Postgres. Plugins and schema of `db` do not apply: the connection's search path says where the tables are.
 * Calling it from inside one of its own transactions, other than through what the transaction lends, throws.
 */
export function kyselyStorage<DB>({
  db,
  clock = systemClock,
  name,
}: KyselyStorageOptions<DB>): KyselyStorage {
  const root = db.withoutPlugins() as unknown as Kysely<Database>
  const guard = new EscapeGuard()
  const isEmbedded = root.getExecutor().adapter instanceof PGliteAdapter
  return {
    adapter: { name: name ?? (isEmbedded ? 'pglite' : 'postgres'), ...(isEmbedded && { standIn }) },
    ...guard.around({
      repositories: repositories(root, clock),
      outbox: kyselyOutbox(root, clock),
      jobs: kyselyJobStore(root, clock),
      idempotency: kyselyIdempotencyStore(root, clock),
    }),
    async transaction(work) {
      guard.refuse('transaction')
      return root.transaction().execute((tx) =>
        guard.inside(() =>
          work({
            repositories: repositories(tx, clock),
            events: kyselyEventRecorder(tx, clock),
            jobs: kyselyJobRecorder(tx, clock),
            connection: {
              query: (text, parameters) => tx.executeQuery(CompiledQuery.raw(text, [...parameters])),
            },
          }),
        ),
      )
    },
    async check() {
      guard.refuse('check')
      await sql`select 1`.execute(root)
    },
  }
}

const standIn: NonNullable<AdapterInfo['standIn']> = {
  setting: 'DATABASE_URL',
  fix: 'Set DATABASE_URL to a Postgres database: the embedded one serves a single process.',
}

const repositories = (db: Db, clock: Clock): KyselyRepositories => ({
  tenant: {
    tenants: kyselyTenantRepository(db),
    memberships: kyselyMembershipRepository(db),
    settings: kyselyTenantSettingsRepository(db),
  },
  auth: {
    users: kyselyUserRepository(db),
    sessions: kyselySessionRepository(db, clock),
    emailVerifications: kyselyEmailVerificationRepository(db, clock),
  },
})
