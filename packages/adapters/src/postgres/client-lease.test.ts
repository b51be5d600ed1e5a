import { newId } from '@corbel/core/ports'
import { CompiledQuery, Kysely, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { postgresUrl } from '../../../../test/storages.ts'
import type { Db } from '../kysely/database.ts'
import { TenantDb } from '../kysely/scoped-db.ts'
import { postgresDialect } from './postgres-dialect.ts'

const connectionString = await postgresUrl()

// The first statement brings the transaction with it: on prepared connections and on those that a pooler may change.
describe.skipIf(connectionString === null).each([true, false])(
  'a transaction, pipelined: %s',
  (pipelined) => {
    const opened: Kysely<unknown>[] = []

    async function open() {
      const pool = new pg.Pool({ connectionString: connectionString ?? '', max: 1 })
      let roundTrips = 0
      pool.on('connect', (client) => {
        const { connection } = client as unknown as { readonly connection: NodeJS.EventEmitter }
        connection.on('readyForQuery', () => void roundTrips++)
      })
      const db = new Kysely<unknown>({ dialect: postgresDialect({ pool, pipelined }) })
      opened.push(db)
      await sql`select for update`.execute(db).catch(() => {})
      /** Round trips of a transaction. */
      const cost = async (work: (tx: Transaction<unknown>) => Promise<unknown>) => {
        const before = roundTrips
        await db.transaction().execute(work)
        return roundTrips - before
      }
      return { db, cost }
    }

    afterEach(async () => {
      for (const db of opened.splice(0)) await db.destroy()
    })

    const tenant = newId('ten')
    const ask = async (tx: Transaction<unknown>, text: string) => {
      const scoped = new TenantDb(tx as Db).forTenant(tenant)
      const { rows } = await scoped.executeQuery(CompiledQuery.raw(text) as CompiledQuery<{ value: unknown }>)
      return rows[0]?.value
    }
    // A transaction block has an id of its own for all its statements; without one each statement has another.
    const id = `select pg_current_xact_id()::text as value`

    test('begins with its first statement, in one round trip', async () => {
      const { cost } = await open()
      expect(await cost((tx) => ask(tx, id))).toBe(2)
      expect(await cost((tx) => sql`select 1`.execute(tx))).toBe(3)
      expect(await cost(async () => {})).toBe(0)
    })

    test('is one transaction, also for statements that are asked for at once', async () => {
      const { db } = await open()
      const ids = await db
        .transaction()
        .execute((tx) =>
          Promise.all([ask(tx, id), ask(tx, id), ask(tx, `select pg_current_xact_id()::text as value, 2`)]),
        )
      expect(new Set(ids).size).toBe(1)
      expect(await db.transaction().execute((tx) => ask(tx, id))).not.toBe(ids[0])
    })

    test('is rolled back whole, and one that never began leaves nothing to the next', async () => {
      const { db } = await open()
      const undone = new Error('undone')
      await expect(db.transaction().execute(() => Promise.reject(undone))).rejects.toBe(undone)
      const { rows } = await sql<{ alone: boolean }>`select now() = statement_timestamp() as alone`.execute(
        db,
      )
      expect(rows).toEqual([{ alone: true }])
      const lock = `select pg_advisory_xact_lock(hashtext('${tenant}')) as value`
      const held = db.transaction().execute(async (tx) => {
        await ask(tx, lock)
        throw undone
      })
      await expect(held).rejects.toBe(undone)
      expect(
        await db
          .transaction()
          .execute((tx) => ask(tx, `select pg_try_advisory_xact_lock(hashtext('${tenant}')) as value`)),
      ).toBe(true)
    })

    test.each(['select nothing_here', 'select 1 / 0 as value', "select 'x'::integer as value"])(
      'whose first statement fails (%s) is failed, whoever catches that',
      async (text) => {
        const { db } = await open()
        const failed = db.transaction().execute(async (tx) => {
          await expect(ask(tx, text)).rejects.toBeInstanceOf(Error)
          return ask(tx, id)
        })
        await expect(failed).rejects.toMatchObject({ code: '25P02' })
        expect(await db.transaction().execute((tx) => ask(tx, 'select 1 as value'))).toBe(1)
      },
    )
  },
)
