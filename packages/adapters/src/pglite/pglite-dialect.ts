import { type PGlite, PGliteAdapter, PGliteDialect } from 'kysely'
import { reported, toPortError } from '../driver-errors.ts'
import { type RowScope, type RowScopeAdapter, scopedDriver, ScopedText, sharedScope } from '../row-scope.ts'

type Query = PGlite['query']
type PGliteTransaction = Parameters<Parameters<PGlite['transaction']>[0]>[0]

/** PGlite connects as a superuser, whom no policy binds. `applyMigrations` makes this role. */
const scopedRole = 'corbel_app'

// As `pg` has it: an int8 is a string, for a number would lose digits.
const int8 = 20
const parsers = { [int8]: (value: string) => value }

/**
 * PGlite for kysely, with the same values for every type as `postgresDialect`. There is one connection: a transaction has it
 * alone, and other queries wait until it ends.
 * A scoped statement runs in a transaction of its own, under a role that the policies bind (0.6 ms instead of 0.2, measured).
 *
 * `db.destroy()` closes the client; leave that call out to keep it.
 */
export function pgliteDialect({ client }: { readonly client: PGlite }): PGliteDialect {
  const typed =
    (query: Query): Query =>
    (sql, params, options) =>
      reported(() => query(sql, params, { ...options, parsers }))
  const inside = (tx: PGliteTransaction): Query => {
    let isScoped = false
    return async (sql, params, options) => {
      const statement: unknown = sql
      if (statement instanceof ScopedText) {
        isScoped = true
        await setScope(tx, scopedRole, statement.scope)
        return tx.query(statement.text, params, options)
      }
      // Somebody else's statement in the same transaction: it gets back the role that it knows.
      if (isScoped) await setScope(tx, 'none', sharedScope)
      isScoped = false
      return tx.query(sql, params, options)
    }
  }
  return new ScopedPGliteDialect({
    pglite: {
      get closed() {
        return client.closed
      },
      get ready() {
        return client.ready
      },
      get waitReady() {
        return client.waitReady
      },
      close: () => client.close(),
      query: typed((sql, params, options) => {
        const statement: unknown = sql
        if (!(statement instanceof ScopedText)) return client.query(sql, params, options)
        return client.transaction((tx) => inside(tx)(sql, params, options))
      }),
      transaction(work) {
        // kysely waits for the callback to begin, which in a closed instance it never does.
        if (client.closed) throw toPortError(new Error('PGlite is closed'))
        return client.transaction((tx) =>
          work({
            query: typed(inside(tx)),
            rollback: () => tx.rollback(),
          }),
        )
      },
    },
  })
}

const setScope = (tx: PGliteTransaction, role: string, { tenant, scope }: RowScope): Promise<unknown> =>
  tx.query(
    `select set_config('role', $1, true), set_config('corbel.tenant_id', $2, true), set_config('corbel.scope', $3, true)`,
    [role, tenant, scope],
  )

class ScopedPGliteDialect extends PGliteDialect {
  override createDriver(): ReturnType<PGliteDialect['createDriver']> {
    return scopedDriver(super.createDriver())
  }

  override createAdapter(): ScopedPGliteAdapter {
    return new ScopedPGliteAdapter()
  }
}

class ScopedPGliteAdapter extends PGliteAdapter implements RowScopeAdapter {
  readonly hasRowScope = true
  readonly scopedRole = scopedRole
}
