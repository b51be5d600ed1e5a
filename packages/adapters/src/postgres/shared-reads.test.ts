import { Socket } from 'node:net'
import { newId, StorageErrors } from '@corbel/core/ports'
import { CompiledQuery, Kysely, type LogEvent, sql } from 'kysely'
import pg from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { postgresUrl } from '../../../../test/storages.ts'
import { TenantDb } from '../kysely/scoped-db.ts'
import { GatheringSocket } from './gathering-socket.ts'
import { postgresDialect } from './postgres-dialect.ts'

const connectionString = await postgresUrl()
const unavailable = { code: StorageErrors.unavailable.code, status: 503 }

describe.skipIf(connectionString === null)('reads on shared connections', () => {
  const opened: Kysely<unknown>[] = []

  function open(config: pg.PoolConfig = {}) {
    const application_name = newId('corbel_shared').slice(0, 60)
    const errors: Error[] = []
    const pool = new pg.Pool({ connectionString: connectionString ?? '', application_name, ...config })
    const statements: LogEvent[] = []
    const db = new Kysely<unknown>({
      dialect: postgresDialect({ pool, pipelined: true, onConnectionError: (error) => errors.push(error) }),
      log: (event) => void statements.push(event),
    })
    opened.push(db)
    const tenants = new TenantDb(db as never)
    return { db, pool, errors, tenants, application_name, statements }
  }

  afterEach(async () => {
    for (const db of opened.splice(0)) await db.destroy()
  })

  const read = (text: string, ...values: unknown[]) =>
    CompiledQuery.raw(text, values) as CompiledQuery<Record<string, unknown>>

  const admin = async (text: string, ...values: unknown[]) => {
    const client = new pg.Client({ connectionString: connectionString ?? '' })
    await client.connect()
    const { rows } = await client.query(text, values)
    await client.end()
    return rows as Record<string, unknown>[]
  }

  const pidsOf = (name: string) => admin('select pid from pg_stat_activity where application_name = $1', name)

  test('of many callers at the same time each get their own answer and their own tenant, on two connections', async () => {
    const { tenants, pool, application_name } = open()
    const text = `select $1::text as asked, current_setting('corbel.tenant_id') as tenant`
    const ids = Array.from({ length: 500 }, () => newId('ten'))
    const answers = await Promise.all(
      ids.map(async (id, i) => {
        const { rows } = await tenants.forTenant(id).executeQuery(read(text, `${i}`))
        return rows[0]
      }),
    )
    expect(answers).toEqual(ids.map((tenant, i) => ({ asked: `${i}`, tenant })))
    expect(pool.totalCount).toBe(0)
    expect(await pidsOf(application_name)).toHaveLength(2)
  })

  test('that one connection can take are on one, and what is asked in one turn is written as one piece', async () => {
    const { tenants, application_name } = open()
    await tenants.shared.executeQuery(read('select 1 as one'))
    const [pieces, whole] = [
      vi.spyOn(Socket.prototype, '_writev'),
      vi.spyOn(GatheringSocket.prototype, '_writev'),
    ]
    const reads = Array.from({ length: 60 }, () => tenants.shared.executeQuery(read('select 1 as one')))
    expect(await Promise.all(reads)).toHaveLength(60)
    expect([pieces.mock.calls.length, whole.mock.calls.length]).toEqual([0, 1])
    vi.restoreAllMocks()
    expect(await pidsOf(application_name)).toHaveLength(1)
  })

  test('leave the tenant behind nowhere, whether they succeed or fail', async () => {
    const { tenants } = open()
    const setting = `select coalesce(nullif(current_setting('corbel.tenant_id', true), ''), 'none') as tenant`
    const work = Array.from({ length: 300 }, async (_, i) => {
      if (i % 3 === 0) return (await tenants.shared.executeQuery(read(setting))).rows[0]?.['tenant']
      const db = tenants.forTenant(newId('ten'))
      if (i % 3 === 1) return db.executeQuery(read(setting)).then(() => 'none')
      return db.executeQuery(read('select 1 / $1::integer', 0)).then(
        () => 'no failure',
        (error: { code?: string }) => (error.code === '22012' ? 'none' : error),
      )
    })
    expect(new Set(await Promise.all(work))).toEqual(new Set(['none']))
  })

  test('are prepared once', async () => {
    const { tenants } = open()
    const text = `select count(*)::integer as prepared from pg_prepared_statements where name like 'corbel%' and $1::integer > 0`
    for (let i = 1; i <= 20; i++) await tenants.shared.executeQuery(read(text, i))
    // The scope and the statement itself.
    expect((await tenants.shared.executeQuery(read(text, 1))).rows).toEqual([{ prepared: 2 }])
  })

  test('with more texts than are named go on without names', async () => {
    const { tenants } = open()
    for (let i = 0; i < 600; i++) {
      expect((await tenants.shared.executeQuery(read(`select ${i} as number`))).rows).toEqual([{ number: i }])
    }
    const count = `select count(*)::integer as prepared from pg_prepared_statements`
    const [first] = (await tenants.shared.executeQuery(read(count))).rows
    expect(first?.['prepared']).toBeLessThanOrEqual(501)
  })

  test('are none: what writes, locks, looks across tenants or is of a transaction', async () => {
    const { tenants, db, pool } = open({ max: 1 })
    const pid = 'select pg_backend_pid() as pid'
    await tenants.platform('outbox.depth').executeQuery(read(pid))
    expect(pool.totalCount).toBe(1)
    const [own] = (await tenants.platform('outbox.depth').executeQuery(read(pid))).rows
    const locking = `${pid} from (select 1) as one for update`
    for (const text of [locking, `with one as (${pid}) select pid from one`]) {
      expect((await tenants.shared.executeQuery(read(text))).rows).toEqual([own])
    }
    await db.transaction().execute(async (tx) => {
      const bound = new TenantDb(tx as never)
      const inside = await Promise.all(
        Array.from({ length: 8 }, async () => (await bound.shared.executeQuery(read(pid))).rows[0]),
      )
      expect(inside).toEqual(Array.from({ length: 8 }, () => own))
    })
    expect((await tenants.shared.executeQuery(read(pid))).rows).not.toEqual([own])
    await db.connection().execute(async (one) => {
      const { rows } = await sql`select pg_backend_pid() as pid`.execute(one)
      expect(rows).toEqual([own])
    })
  })

  test('and transactions are told to the log of kysely', async () => {
    const { tenants, db, statements } = open()
    await tenants.shared.executeQuery(read('select 1'))
    await db.transaction().execute((tx) => sql`select 2`.execute(tx))
    expect(statements.map(({ query }) => query.sql)).toEqual(['select 1', 'begin', 'select 2', 'commit'])
  })

  test('of a transaction that failed leave nothing behind', async () => {
    const { db, pool } = open({ max: 1 })
    const failed = db.transaction().execute(async (tx) => {
      await sql`create temporary table corbel_never (id integer)`.execute(tx)
      throw new Error('undone')
    })
    await expect(failed).rejects.toThrow('undone')
    const { rows } = await sql<{
      there: boolean
    }>`select to_regclass('corbel_never') is not null as there`.execute(db)
    expect(rows).toEqual([{ there: false }])
    expect(pool.totalCount).toBe(1)
  })

  test('fail as unavailable when their connection is terminated, and the next ones succeed', async () => {
    const { tenants, errors, application_name } = open()
    const one = () => tenants.shared.executeQuery(read('select 1 as one'))
    await Promise.all([one(), one()])
    const asleep = Array.from({ length: 20 }, () => tenants.shared.executeQuery(read('select pg_sleep(1)')))
    const settled = Promise.allSettled(asleep)
    await admin(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      application_name,
    )
    for (const result of await settled)
      expect(result).toMatchObject({ status: 'rejected', reason: unavailable })
    expect(errors.length).toBeGreaterThan(0)
    expect((await one()).rows).toEqual([{ one: 1 }])
  })

  test('one over its deadline fails alone', async () => {
    const { tenants } = open({ statement_timeout: 50 })
    const slow = tenants.shared.executeQuery(read('select pg_sleep(10)'))
    const quick = Array.from({ length: 8 }, () => tenants.shared.executeQuery(read('select 1 as one')))
    await expect(slow).rejects.toMatchObject(unavailable)
    for (const { rows } of await Promise.all(quick)) expect(rows).toEqual([{ one: 1 }])
  })

  test('beyond a backlog wait for the pool instead', async () => {
    const { tenants, pool } = open({ max: 2 })
    const reads = Array.from({ length: 600 }, () => tenants.shared.executeQuery(read('select 1 as one')))
    expect(await Promise.all(reads)).toHaveLength(600)
    expect(pool.totalCount).toBeGreaterThan(0)
  })

  test('end with the database handle', async () => {
    const { tenants, db, application_name } = open()
    await tenants.shared.executeQuery(read('select 1'))
    await db.destroy()
    opened.length = 0
    for (;;) if ((await pidsOf(application_name)).length === 0) break
    await expect(tenants.shared.executeQuery(read('select 1'))).rejects.toThrow('already been destroyed')
  })

  test('of a server that is not there are unavailable', async () => {
    const { tenants } = open({ connectionString: undefined as never, host: '127.0.0.1', port: 1 })
    await expect(tenants.shared.executeQuery(read('select 1'))).rejects.toMatchObject(unavailable)
    await expect(tenants.shared.executeQuery(read('select 1'))).rejects.toMatchObject(unavailable)
  })
})
