import type { Id } from '@corbel/core/ports'
import {
  type CompiledQuery,
  type DatabaseConnection,
  QueryCreator,
  type QueryExecutor,
  type QueryExecutorProvider,
  type QueryResult,
} from 'kysely'
import { platformScope, type RowScope, type ScopedQuery, sharedScope, tenantScope } from '../row-scope.ts'
import type { Database, Db } from './database.ts'
import type { PlatformStatement } from './platform-statements.ts'

/** Runs every statement under one scope, each in one round trip. */
export class ScopedDb extends QueryCreator<Database> implements QueryExecutorProvider {
  readonly #executor: QueryExecutor

  constructor(executor: QueryExecutor) {
    super({ executor })
    this.#executor = executor
  }

  getExecutor(): QueryExecutor {
    return this.#executor
  }

  executeQuery<R>(query: CompiledQuery<R>): Promise<QueryResult<R>> {
    return this.#executor.executeQuery(query)
  }
}

/** The root or a transaction, lent to the repositories: whoever asks says first whose rows it is about. */
export class TenantDb {
  readonly #db: Db
  /** Tables that belong to no tenant. */
  readonly shared: ScopedDb

  constructor(db: Db) {
    this.#db = db
    this.shared = this.#under(sharedScope)
  }

  /** The rows of one tenant. */
  forTenant(tenantId: Id<'ten'>): ScopedDb {
    return this.#under(tenantScope(tenantId))
  }

  /** The rows of every tenant, for a statement that is listed with its reason. */
  platform(_statement: PlatformStatement): ScopedDb {
    return this.#under(platformScope)
  }

  /** The rows of the tenant that all of these belong to; of every tenant when there is no such one. */
  forOwner(
    owned: readonly { readonly tenantId: Id<'ten'> | null }[],
    statement: PlatformStatement,
  ): ScopedDb {
    const [owner = null, ...others] = new Set(owned.map(({ tenantId }) => tenantId))
    return owner === null || others.length > 0 ? this.platform(statement) : this.forTenant(owner)
  }

  #under(scope: RowScope): ScopedDb {
    const executor = this.#db.getExecutor()
    return new ScopedDb(
      executor.withConnectionProvider({
        provideConnection: (consumer, options) =>
          executor.provideConnection((connection) => consumer(scoped(connection, scope)), options),
      }),
    )
  }
}

const scoped = (connection: DatabaseConnection, rowScope: RowScope): DatabaseConnection => ({
  executeQuery: (query, options) =>
    connection.executeQuery({ ...query, rowScope } satisfies ScopedQuery as CompiledQuery, options),
  streamQuery() {
    throw new Error('A scoped statement is not streamed.')
  },
})
