import { type PGlite, PGliteDialect } from 'kysely'
import { reported, toPortError } from '../driver-errors.ts'

type Query = PGlite['query']

// As `pg` has it: an int8 is a string, for a number would lose digits.
const int8 = 20
const parsers = { [int8]: (value: string) => value }

/**
 * PGlite for kysely, with the same values for every type as `postgresDialect`. There is one connection: a transaction has it
 * alone, and other queries wait until it ends.
 *
 * `db.destroy()` closes the client; leave that call out to keep it.
 */
export function pgliteDialect({ client }: { readonly client: PGlite }): PGliteDialect {
  const typed =
    (query: Query): Query =>
    (sql, params, options) =>
      reported(() => query(sql, params, { ...options, parsers }))
  return new PGliteDialect({
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
      query: typed((sql, params, options) => client.query(sql, params, options)),
      transaction(work) {
        // kysely waits for the callback to begin, which in a closed instance it never does.
        if (client.closed) throw toPortError(new Error('PGlite is closed'))
        return client.transaction((tx) =>
          work({
            query: typed((sql, params, options) => tx.query(sql, params, options)),
            rollback: () => tx.rollback(),
          }),
        )
      },
    },
  })
}
