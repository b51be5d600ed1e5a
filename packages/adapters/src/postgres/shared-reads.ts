import type { DatabaseConnection, Driver, QueryResult } from 'kysely'
import pg from 'pg'
import { reported } from '../driver-errors.ts'
import { ScopedText, type ScopedQuery } from '../row-scope.ts'
import { GatheringSocket } from './gathering-socket.ts'
import type { Statements } from './statements.ts'
import { prepareScope, queryScoped } from './tenant-query.ts'

// 32 µs each: a backlog that is answered long before any deadline.
const longestBacklog = 512

// Answered within 2 ms. The deeper a pipeline, the less each statement costs: two of half the depth cost the database twice as much.
const deep = 64

export interface SharedReadsOptions {
  /** Of the pool whose work is shared; deadlines included. */
  readonly config: pg.ClientConfig
  readonly clients: number
  readonly statements: Statements
  readonly onConnectionError: (error: Error) => void
}

/** A few connections on which reads of many callers are under way at the same time, each with its own answer. */
export class SharedReads {
  readonly #options: SharedReadsOptions
  readonly #clients: (Promise<pg.Client> | undefined)[] = []
  /** By client. */
  readonly #underWay: number[]
  #isOver = false

  constructor(options: SharedReadsOptions) {
    this.#options = options
    this.#underWay = Array.from({ length: options.clients }, () => 0)
  }

  /**
   * Whether a statement is for a shared connection. What waits on one, all behind it wait for: so nothing that writes or locks, and
   * nothing that looks across tenants, for counts and claims take long. Beyond a backlog the pool decides, which refuses in time.
   */
  takes(query: Partial<ScopedQuery>): query is ScopedQuery {
    const { rowScope, sql = '' } = query
    return rowScope?.scope === '' && this.#hasRoom() && this.#options.statements.of(sql).isRead
  }

  /** @throws `storage/unavailable` when the connection breaks or cannot be made. A read that failed so may be asked again. */
  run({ sql, parameters, rowScope }: ScopedQuery): Promise<QueryResult<never>> {
    const slot = this.#freest()
    this.#underWay[slot] = this.#countOf(slot) + 1
    return reported(async () => {
      try {
        const client = await this.#client(slot)
        const { name } = this.#options.statements.of(sql)
        const { rows } = await queryScoped(client, new ScopedText(sql, rowScope), parameters, { name })
        return { rows: rows as never[] }
      } finally {
        this.#underWay[slot] = this.#countOf(slot) - 1
      }
    })
  }

  #countOf(slot: number): number {
    return this.#underWay[slot] ?? 0
  }

  #hasRoom(): boolean {
    let all = 0
    for (const count of this.#underWay) all += count
    return all < longestBacklog
  }

  /** The first that is not deep yet, or else the one with the least. */
  #freest(): number {
    let freest = 0
    for (let slot = 0; slot < this.#underWay.length; slot++) {
      if (this.#countOf(slot) < deep) return slot
      if (this.#countOf(slot) < this.#countOf(freest)) freest = slot
    }
    return freest
  }

  async close(): Promise<void> {
    this.#isOver = true
    const open = this.#clients.map(async (made) => (await made)?.end())
    // One that could not be made has nothing to end.
    await Promise.allSettled(open)
  }

  /** One that broke is made again by the next that needs it. */
  #client(slot: number): Promise<pg.Client> {
    if (this.#isOver) throw new Error('Client was closed')
    return (this.#clients[slot] ??= this.#connect(slot))
  }

  async #connect(slot: number): Promise<pg.Client> {
    const { config, onConnectionError } = this.#options
    const forget = (): void => {
      this.#clients[slot] = undefined
    }
    const stream = config.stream ?? (() => new GatheringSocket())
    const client = new pg.Client({ ...config, stream, pipeline: true } as pg.ClientConfig)
    // Without a listener a connection that breaks ends the process.
    client.on('error', (error) => {
      forget()
      onConnectionError(error)
    })
    client.on('end', forget)
    try {
      await client.connect()
      await prepareScope(client)
      return client
    } catch (error) {
      forget()
      client.end().catch(() => {})
      throw error
    }
  }
}

/**
 * What a single statement runs on. A read goes to the shared connections. Anything else needs one of its own, which is taken from
 * the pool then and kept until the release: so a transaction, and all that it reads, has one to itself.
 */
export class LazyConnection implements DatabaseConnection {
  readonly #acquire: () => Promise<DatabaseConnection>
  readonly #reads: SharedReads
  #own: Promise<DatabaseConnection> | undefined

  constructor(acquire: () => Promise<DatabaseConnection>, reads: SharedReads) {
    this.#acquire = acquire
    this.#reads = reads
  }

  /** Undefined as long as nothing has needed one. */
  get taken(): Promise<DatabaseConnection> | undefined {
    return this.#own
  }

  own(): Promise<DatabaseConnection> {
    return (this.#own ??= this.#acquire())
  }

  async executeQuery<R>(
    query: Parameters<DatabaseConnection['executeQuery']>[0],
    options?: Parameters<DatabaseConnection['executeQuery']>[1],
  ): Promise<QueryResult<R>> {
    if (this.#own === undefined && this.#reads.takes(query)) return this.#reads.run(query)
    return (await this.own()).executeQuery<R>(query, options)
  }

  streamQuery(): never {
    throw new Error('Statements are not streamed.')
  }
}

/** Makes a driver of kysely take a connection of the pool only where shared ones will not do. */
export function sharingDriver(driver: Driver, reads: SharedReads): Driver {
  const own = (connection: DatabaseConnection): Promise<DatabaseConnection> =>
    (connection as LazyConnection).own()
  // That took none of its own is as new: kysely makes itself known to each only once.
  const unused: LazyConnection[] = []
  return {
    init: (options) => driver.init(options),
    acquireConnection: async (options) =>
      (options ? undefined : unused.pop()) ??
      new LazyConnection(() => driver.acquireConnection(options), reads),
    // Begin and commit go by way of what kysely has given its logging to; a failed rollback marks the connection itself.
    beginTransaction: async (connection, settings) => {
      await own(connection)
      await driver.beginTransaction(connection, settings)
    },
    commitTransaction: (connection) => driver.commitTransaction(connection),
    rollbackTransaction: async (connection) => driver.rollbackTransaction(await own(connection)),
    savepoint: async (connection, name, compile) => driver.savepoint?.(await own(connection), name, compile),
    rollbackToSavepoint: async (connection, name, compile) =>
      driver.rollbackToSavepoint?.(await own(connection), name, compile),
    releaseSavepoint: async (connection, name, compile) =>
      driver.releaseSavepoint?.(await own(connection), name, compile),
    releaseConnection: async (connection, options) => {
      const lazy = connection as LazyConnection
      if (lazy.taken === undefined) {
        if (!options && unused.length < longestBacklog) unused.push(lazy)
        return
      }
      const taken = await lazy.taken.catch(() => undefined)
      if (taken) await driver.releaseConnection(taken)
    },
    destroy: async () => {
      await reads.close()
      await driver.destroy()
    },
  }
}
