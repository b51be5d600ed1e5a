import {
  PostgresAdapter,
  PostgresDialect,
  type PostgresDialectConfig,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely'
import type pg from 'pg'
import { reported } from '../driver-errors.ts'
import { type RowScopeAdapter, scopedDriver } from '../row-scope.ts'
import { leaseOf } from './client-lease.ts'
import { SharedReads, sharingDriver } from './shared-reads.ts'
import { Statements } from './statements.ts'
import { prepareBegin, prepareScope, type TenantQueryClient } from './tenant-query.ts'

interface ErrorSource {
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** The part of a `pg` pool that is used. */
export interface PostgresClientPool extends Omit<PostgresPool, 'connect'>, ErrorSource {
  connect(): Promise<PostgresPoolClient & TenantQueryClient & ErrorSource>
}

export interface PostgresDialectOptions {
  /**
   * Yours to make and to end (`db.destroy()` ends it too). `pg` waits for ever by default: see {@link poolDeadlines}.
   */
  readonly pool: PostgresClientPool
  /** Told of connections that broke while nobody used them, as in a restart of the database; the pool replaces them by itself. */
  readonly onConnectionError?: (error: Error) => void
  /**
   * Prepares statements once per connection, and sends reads of single tenants over two more connections, many at a time: a read
   * costs a third of the CPU. Not behind a pooler that gives each transaction another connection and knows nothing of prepared
   * statements, such as PgBouncer before 1.21. @default false
   */
  readonly pipelined?: boolean
}

const sharedConnections = 2

/**
 * Postgres through `pg` for kysely. A connection that breaks, in use or idle, never ends the process: its query fails with
 * `storage/unavailable`, and the connection is not used again.
 */
export function postgresDialect({
  pool,
  onConnectionError = () => {},
  pipelined = false,
}: PostgresDialectOptions): PostgresDialect {
  const statements = pipelined ? new Statements() : null
  const leases = new WeakMap<object, PostgresPoolClient>()
  pool.on('error', onConnectionError)
  const config = {
    pool: {
      // By reference to what kysely looks for on a pool.
      ...(pool.Client && { Client: pool.Client }),
      options: pool.options,
      end: () => pool.end(),
      async connect() {
        const client = await reported(() => pool.connect())
        let lease = leases.get(client)
        if (!lease) {
          // The pool listens only while a client is idle; without a listener a checked-out one that breaks ends the process.
          client.on('error', onConnectionError)
          if (statements)
            await reported(() => prepare(client)).catch((error: unknown) => refuse(client, error))
          lease = leaseOf(client, statements)
          leases.set(client, lease)
        }
        return lease
      },
    },
  }
  const reads =
    statements &&
    new SharedReads({ config: clientConfig(pool), clients: sharedConnections, statements, onConnectionError })
  return new ScopedPostgresDialect(config, reads)
}

async function prepare(client: TenantQueryClient): Promise<void> {
  await prepareScope(client)
  await prepareBegin(client)
}

function refuse(client: PostgresPoolClient, error: unknown): never {
  client.release(true)
  throw error
}

/** The pool hides the password from whoever copies its options. */
const clientConfig = ({ options }: PostgresClientPool): pg.ClientConfig => ({
  ...options,
  ...('password' in options && { password: options.password as string }),
})

class ScopedPostgresDialect extends PostgresDialect {
  readonly #reads: SharedReads | null

  constructor(config: PostgresDialectConfig, reads: SharedReads | null) {
    super(config)
    this.#reads = reads
  }

  override createDriver(): ReturnType<PostgresDialect['createDriver']> {
    const driver = scopedDriver(super.createDriver())
    return this.#reads ? sharingDriver(driver, this.#reads) : driver
  }

  override createAdapter(): ScopedPostgresAdapter {
    return new ScopedPostgresAdapter()
  }
}

class ScopedPostgresAdapter extends PostgresAdapter implements RowScopeAdapter {
  readonly hasRowScope = true
}

/**
 * Deadlines for `new pg.Pool({ connectionString, ...poolDeadlines })`, in milliseconds. Without them every one of these waits is
 * endless: for a connection of the pool or to the server, for a statement, for an answer that no longer comes, and on a transaction
 * that nobody goes on with.
 * PgBouncer refuses those of the server unless its `ignore_startup_parameters` name them; set them on the role then.
 */
export const poolDeadlines = {
  connectionTimeoutMillis: 1000,
  statement_timeout: 3000,
  query_timeout: 4000,
  lock_timeout: 2000,
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
} as const
