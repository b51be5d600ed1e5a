import type { PostgresPoolClient } from 'kysely'
import { isLost, toPortError } from '../driver-errors.ts'
import { ScopedText } from '../row-scope.ts'
import type { Statements } from './statements.ts'
import { queryScoped, type TenantQueryClient } from './tenant-query.ts'

const nothing = { rowCount: 0, rows: [] }

/**
 * The client of a pool as kysely's driver is given it: with errors as the port has them, and not given back to the pool once it has
 * lost its connection. A `begin` waits for the first statement and goes to the server in the same round trip; a transaction without
 * any statement costs none.
 */
export function leaseOf(
  client: PostgresPoolClient & TenantQueryClient,
  statements: Statements | null,
): PostgresPoolClient {
  let lost = false
  let begins = false

  async function send(text: string | ScopedText, parameters: readonly unknown[]): Promise<unknown> {
    // Nobody else's statement may come between: the client runs what it is given in turn.
    const begin = begins
    begins = false
    if (text instanceof ScopedText)
      return queryScoped(client, text, parameters, { name: statements?.of(text.text).name, begin })
    if (begin) {
      if (text === 'commit' || text === 'rollback') return { ...nothing, command: text.toUpperCase() }
      await client.query('begin', [])
    }
    return client.query(text, parameters)
  }

  async function query(text: string | ScopedText, parameters: readonly unknown[]): Promise<unknown> {
    // Such as the rollback after a statement that was never answered: it would only wait for its own deadline.
    if (lost) throw toPortError(new Error('Connection terminated before this statement'))
    if (text === 'begin') {
      begins = true
      return { ...nothing, command: 'BEGIN' }
    }
    try {
      return await send(text, parameters)
    } catch (error) {
      lost ||= isLost(error)
      throw toPortError(error)
    }
  }

  return {
    ...(client.processID !== undefined && { processID: client.processID }),
    query: query as PostgresPoolClient['query'],
    release(destroy) {
      begins = false
      client.release(destroy === true || lost)
    },
  }
}
