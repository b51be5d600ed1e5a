import type { Writable } from 'node:stream'
import pg from 'pg'
import type { RowScope, ScopedText } from '../row-scope.ts'

/** What is used of the connection of a `pg` client. None of it is documented: `tenant-query.test.ts` holds it fast. */
interface Connection {
  readonly stream: Writable
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
  describe(portal: { readonly type: 'P'; readonly name: string }): void
  execute(portal: { readonly portal: string; readonly rows: number }): void
}

/** What `pg` makes of the description of a statement's rows. */
type ResultShape = Pick<ResultInternals, 'fields' | '_parsers' | '_prebuiltEmptyResultObject'>

interface ResultInternals {
  fields: unknown
  _parsers: unknown
  _prebuiltEmptyResultObject: unknown
}

interface StatementConfig {
  /** Prepares the statement under this name; only where a connection is never shared by a pooler that does not know of it. */
  readonly name?: string
  readonly text: string
  readonly values: readonly unknown[]
}

interface QueryInternals {
  name: string | undefined
  values: readonly unknown[]
  queryMode: 'extended'
  readonly text: string
  readonly _result: ResultInternals
  _accumulateRows: boolean
  hasBeenParsed(connection: Connection): boolean
  prepare(connection: Connection): void
  handleRowDescription(message: unknown): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, connection: Connection): void
}

interface TenantQueryConfig extends StatementConfig {
  readonly begin?: boolean
}

type Callback = (error: Error | null, result: pg.QueryResult) => void

const Query = pg.Query as unknown as new (
  text: string,
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

/** Begins an explicit transaction. */
const beginStatement = { name: 'corbel_begin', text: 'begin' } as const

/**
 * Of one connection: what is known of the rows of its prepared statements, which do not change as long as these live (Postgres fails
 * a statement whose rows would, SQLSTATE 0A000). So each is asked for them once, and what `pg` makes of the answer is made once.
 */
class KnownRows {
  readonly shapes = new Map<string, ResultShape>()
  /** The connection, save that it asks for no description. */
  readonly undescribed: Connection

  private constructor(connection: Connection) {
    this.undescribed = Object.assign(Object.create(connection), { describe() {} })
  }

  static of(connection: Connection): KnownRows {
    let known = knownRows.get(connection)
    if (!known) knownRows.set(connection, (known = new KnownRows(connection)))
    return known
  }
}

const knownRows = new WeakMap<Connection, KnownRows>()

/**
 * A statement and the setting of its scope in one round trip: Parse, Bind and Execute of both before one Sync, which make them one
 * implicit transaction. The settings end with it, whether it succeeds or fails; inside an explicit transaction, with that. Poolers in
 * transaction mode keep it on one server, for nothing tells them of an end before the Sync.
 */
export class TenantQuery extends Query {
  readonly #scope: RowScope
  readonly #begin: boolean
  /** How many statements come before the one that was asked for. */
  #ahead: number
  #known: KnownRows | undefined

  constructor(scope: RowScope, { begin = false, name, text, values }: TenantQueryConfig, callback: Callback) {
    // An object would be copied with the descriptors of its properties: 3 µs.
    super(text, undefined, callback)
    this.name = name
    this.values = values
    this.queryMode = 'extended'
    this.#scope = scope
    this.#begin = begin
    this.#ahead = begin ? 2 : 1
  }

  override prepare(connection: Connection): void {
    const { name, text } = this
    writeTogether(connection.stream)
    // First of all, so that whatever fails after it fails the transaction.
    if (this.#begin) run(connection, beginStatement, [])
    // Before the scope: the client takes the first answer for that of the named statement, and what follows a failed one is skipped.
    if (name !== undefined && !this.hasBeenParsed(connection)) {
      connection.parse({ name, text })
      connection.submittedNamedStatements[name] = text
    }
    run(connection, scopeStatement, [this.#scope.tenant, this.#scope.scope])
    if (name === undefined) return super.prepare(connection)
    this.#known = KnownRows.of(connection)
    const shape = this.#known.shapes.get(name)
    if (shape === undefined) return super.prepare(connection)
    this._result.fields = shape.fields
    this._result._parsers = shape._parsers
    this._result._prebuiltEmptyResultObject = shape._prebuiltEmptyResultObject
    this._accumulateRows = true
    super.prepare(this.#known.undescribed)
  }

  override handleRowDescription(message: unknown): void {
    super.handleRowDescription(message)
    if (this.name === undefined) return
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result
    this.#known?.shapes.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject })
  }

  override handleDataRow(message: unknown): void {
    if (this.#ahead === 0) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#ahead > 0) this.#ahead--
    else super.handleCommandComplete(message, connection)
  }
}

const gathering = new WeakSet<Writable>()

/** Has all that is asked of a connection in one turn of the event loop written by one system call, which costs as much as a read. */
function writeTogether(stream: Writable): void {
  if (gathering.has(stream)) return
  gathering.add(stream)
  stream.cork()
  process.nextTick(() => {
    gathering.delete(stream)
    stream.uncork()
  })
}

/** Sends one of the two statements that come ahead, which is parsed for this once where it is not prepared. */
function run(
  connection: Connection,
  { name, text }: typeof scopeStatement | typeof beginStatement,
  values: readonly string[],
): void {
  const isPrepared = connection.parsedStatements[name] === text
  if (!isPrepared) connection.parse({ name: '', text })
  connection.bind({ portal: '', statement: isPrepared ? name : '', values })
  connection.execute({ portal: '', rows: 0 })
}

/** The part of a client that takes a query object. */
export interface TenantQueryClient {
  query(query: TenantQuery | StatementConfig): unknown
}

export interface ScopedOptions {
  /** Under which the statement is prepared, on a connection on which all that comes ahead of it is prepared already. */
  readonly name?: string | undefined
  /** Whether a transaction begins before it, in the same round trip. @default false */
  readonly begin?: boolean
}

/** Runs a statement under its scope, in one round trip. */
export const queryScoped = (
  client: TenantQueryClient,
  { text, scope }: ScopedText,
  values: readonly unknown[],
  { name, begin }: ScopedOptions = {},
): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    const config = { text, values, ...(name !== undefined && { name }), ...(begin === true && { begin }) }
    client.query(new TenantQuery(scope, config, (error, result) => (error ? reject(error) : resolve(result))))
  })

/** Prepares {@link scopeStatement}, before anything else is asked of a new connection. */
export const prepareScope = (client: TenantQueryClient): Promise<unknown> =>
  Promise.resolve(client.query({ ...scopeStatement, values: ['', ''] }))

/** Prepares what begins a transaction, which costs one without statements. */
export async function prepareBegin(client: TenantQueryClient): Promise<void> {
  await client.query({ ...beginStatement, values: [] })
  await client.query({ text: 'rollback', values: [] })
}
