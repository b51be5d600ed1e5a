import pg from 'pg'
import type { RowScope, ScopedText } from '../row-scope.ts'

/** What is used of the connection of a `pg` client. None of it is documented: `tenant-query.test.ts` holds it fast. */
interface Connection {
  /** Text by name of what this connection has prepared. */
  readonly parsedStatements: Readonly<Record<string, string>>
  /** The same of what it has sent for preparing. */
  readonly submittedNamedStatements: Record<string, string>
  parse(statement: { readonly name: string; readonly text: string }): void
  bind(portal: {
    readonly portal: string
    readonly statement: string
    readonly values: readonly string[]
  }): void
  execute(portal: { readonly portal: string; readonly rows: number }): void
}

interface StatementConfig {
  /** Prepares the statement under this name; only where a connection is never shared by a pooler that does not know of it. */
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
}

interface QueryInternals {
  readonly name?: string
  readonly text: string
  hasBeenParsed(connection: Connection): boolean
  prepare(connection: Connection): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Connection): void
}

type Callback = (error: Error | null, result: pg.QueryResult) => void

const Query = pg.Query as unknown as new (
  config: StatementConfig & { readonly queryMode: 'extended' },
  values: undefined,
  callback: Callback,
) => QueryInternals

/**
 * Sets both settings until the end of the transaction. A client whose connections are its own may prepare it under this name once,
 * before anything else: then it is not parsed for each statement.
 */
export const scopeStatement = {
  name: 'corbel_scope',
  text: "select set_config('corbel.tenant_id', $1, true), set_config('corbel.scope', $2, true)",
} as const

/**
 * A statement and the setting of its scope in one round trip: Parse, Bind and Execute of both before one Sync, which make them one
 * implicit transaction. The settings end with it, whether it succeeds or fails; inside an explicit transaction, with that. Poolers in
 * transaction mode keep it on one server, for nothing tells them of an end before the Sync.
 */
export class TenantQuery extends Query {
  readonly #scope: RowScope
  #isSetting = true

  constructor(scope: RowScope, config: StatementConfig, callback: Callback) {
    super({ ...config, queryMode: 'extended' }, undefined, callback)
    this.#scope = scope
  }

  override prepare(connection: Connection): void {
    // First of all: the client takes the first answer for that of the named statement, and what follows a failed one is skipped.
    const { name, text } = this
    if (name !== undefined && !this.hasBeenParsed(connection)) {
      connection.parse({ name, text })
      connection.submittedNamedStatements[name] = text
    }
    const isPrepared = connection.parsedStatements[scopeStatement.name] === scopeStatement.text
    const statement = isPrepared ? scopeStatement.name : ''
    if (!isPrepared) connection.parse({ name: '', text: scopeStatement.text })
    connection.bind({ portal: '', statement, values: [this.#scope.tenant, this.#scope.scope] })
    connection.execute({ portal: '', rows: 0 })
    super.prepare(connection)
  }

  override handleDataRow(message: unknown): void {
    if (!this.#isSetting) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#isSetting) this.#isSetting = false
    else super.handleCommandComplete(message, connection)
  }
}

/** The part of a client that takes a query object. */
export interface TenantQueryClient {
  query(query: TenantQuery | StatementConfig): unknown
}

/** Runs a statement under its scope, in one round trip. */
export const queryScoped = (
  client: TenantQueryClient,
  { text, scope }: ScopedText,
  values: readonly unknown[],
  name?: string,
): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    const config = { text, values, ...(name !== undefined && { name }) }
    client.query(new TenantQuery(scope, config, (error, result) => (error ? reject(error) : resolve(result))))
  })

/** Prepares {@link scopeStatement}, before anything else is asked of a new connection. */
export const prepareScope = (client: TenantQueryClient): Promise<unknown> =>
  Promise.resolve(client.query({ ...scopeStatement, values: ['', ''] }))
