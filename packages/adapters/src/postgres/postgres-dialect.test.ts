import { StorageErrors } from '@corbel/core/ports'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { postgresUrl } from '../../../../test/storages.ts'
import { poolDeadlines, postgresDialect } from './postgres-dialect.ts'

const connectionString = await postgresUrl()
const unavailable = { code: StorageErrors.unavailable.code, status: 503, details: { retryAfter: 1 } }

// An 'error' event that nobody listens to ends the process: vitest fails the run on it, whichever test is running.
describe.skipIf(connectionString === null)('postgresDialect', () => {
  const opened: Kysely<unknown>[] = []
  let killed = 0

  function open(config: pg.PoolConfig = {}) {
    const application_name = `corbel_test_${process.pid}_${++killed}`
    const pool = new pg.Pool({ connectionString: connectionString ?? '', application_name, ...config })
    const errors: Error[] = []
    const db = new Kysely<unknown>({
      dialect: postgresDialect({ pool, onConnectionError: (error) => errors.push(error) }),
    })
    opened.push(db)
    return { db, pool, errors, application_name }
  }

  afterEach(async () => {
    for (const db of opened.splice(0)) await db.destroy()
  })

  const ask = (db: Kysely<unknown>) => sql<{ one: number }>`select 1 as one`.execute(db)
  const answer = [{ one: 1 }]

  /** Ends every server process of a pool from another connection, as a restart of the database does. */
  async function terminate(name: string): Promise<void> {
    const client = new pg.Client({ connectionString: connectionString ?? '' })
    await client.connect()
    const { rowCount } = await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      [name],
    )
    await client.end()
    expect(rowCount).toBeGreaterThan(0)
  }

  const until = async (reached: () => boolean) => {
    while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  test('idle connections may be terminated', async () => {
    const { db, pool, errors, application_name } = open()
    await Promise.all(Array.from({ length: 4 }, () => sql`select pg_sleep(0.05)`.execute(db)))
    const before = pool.totalCount
    await terminate(application_name)
    await until(() => pool.totalCount === 0)
    expect(before).toBeGreaterThan(1)
    expect(errors.length).toBeGreaterThanOrEqual(before)
    expect((await ask(db)).rows).toEqual(answer)
  })

  test('a connection may be terminated while it runs a query', async () => {
    const { db, pool, application_name } = open()
    const asleep = sql`select pg_sleep(60)`.execute(db)
    const failed = expect(asleep).rejects.toMatchObject(unavailable)
    await until(() => pool.totalCount > pool.idleCount && pool.totalCount === 1)
    await terminateWhenActive(application_name)
    await failed
    expect((await ask(db)).rows).toEqual(answer)
  })

  /** The query must have reached the server, or there is nothing to terminate yet. */
  async function terminateWhenActive(name: string): Promise<void> {
    const client = new pg.Client({ connectionString: connectionString ?? '' })
    await client.connect()
    for (;;) {
      const { rowCount } = await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and query like '%pg_sleep%' and state = 'active'",
        [name],
      )
      if (rowCount) break
    }
    await client.end()
  }

  test('a connection may be terminated between two queries of a transaction', async () => {
    const { db, errors, application_name } = open()
    const failed = db.transaction().execute(async (tx) => {
      await ask(tx)
      await terminate(application_name)
      await until(() => errors.length > 0)
      await ask(tx)
    })
    await expect(failed).rejects.toMatchObject(unavailable)
    expect((await ask(db)).rows).toEqual(answer)
  })

  test('many connections may be terminated under load, and what was asked fails or succeeds', async () => {
    const { db, application_name } = open({ max: 8 })
    await Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.02)`.execute(db)))
    const load = Array.from({ length: 200 }, () => sql`select 1 as one, pg_sleep(0.005)`.execute(db))
    const settled = Promise.allSettled(load)
    await terminate(application_name)
    for (const result of await settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject(unavailable)
    }
    expect((await ask(db)).rows).toEqual(answer)
  })

  test('a statement over its deadline is unavailable, and the connection lives on', async () => {
    const { db, pool } = open({ statement_timeout: 50 })
    await expect(sql`select pg_sleep(60)`.execute(db)).rejects.toMatchObject(unavailable)
    expect(pool.totalCount).toBe(1)
    expect((await ask(db)).rows).toEqual(answer)
  })

  test('a connection that no longer answers is not used again', async () => {
    const { db, pool } = open({ query_timeout: 50 })
    await expect(sql`select pg_sleep(1)`.execute(db)).rejects.toMatchObject(unavailable)
    expect(pool.totalCount).toBe(0)
  })

  test('regression: a transaction whose connection no longer answers does not wait for its rollback too', async () => {
    const { db, pool } = open({ query_timeout: 300 })
    const asked: string[] = []
    pool.on('connect', (client) => {
      const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown
      client.query = ((...args: readonly unknown[]) => {
        if (typeof args[0] === 'string') asked.push(args[0])
        return query(...args)
      }) as typeof client.query
    })
    const stuck = db.transaction().execute((tx) => sql`select pg_sleep(2)`.execute(tx))
    await expect(stuck).rejects.toMatchObject(unavailable)
    expect(asked).toContain('select pg_sleep(2)')
    expect(asked).not.toContain('rollback')
    expect((await ask(db)).rows).toEqual(answer)
  })

  test('a wait for a connection of the pool ends', async () => {
    const { db } = open({ max: 1, connectionTimeoutMillis: 1000 })
    await db.transaction().execute(async (tx) => {
      await ask(tx)
      await expect(ask(db)).rejects.toMatchObject(unavailable)
    })
    expect((await ask(db)).rows).toEqual(answer)
  })

  test('a server that is not there is unavailable', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: 1, ...poolDeadlines })
    const db = new Kysely<unknown>({ dialect: postgresDialect({ pool }) })
    opened.push(db)
    await expect(ask(db)).rejects.toMatchObject(unavailable)
    await expect(db.transaction().execute(ask)).rejects.toMatchObject(unavailable)
  })

  test('a refusal of a statement is no unavailability, and repeats no values', async () => {
    const { db } = open()
    const failed = await sql`select ${'a secret'}::integer`.execute(db).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: '22P02' })
    const duplicate = await db
      .transaction()
      .execute(async (tx) => {
        await sql`create temporary table people (email text unique) on commit drop`.execute(tx)
        await sql`insert into people values (${'ada@example.com'}), (${'ada@example.com'})`.execute(tx)
      })
      .catch((error: unknown) => error)
    expect(duplicate).toMatchObject({ code: '23505', constraint: 'people_email_key' })
    expect(JSON.stringify(duplicate, Object.getOwnPropertyNames(duplicate))).not.toContain('ada@')
  })
})
