import { StorageErrors } from '@corbel/core/ports'
import type { PGlite } from '@electric-sql/pglite'
import { Kysely, sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { openTimeout, startPglite } from '../../../../test/storages.ts'
import { pgliteDialect } from './pglite-dialect.ts'

let client: PGlite
let db: Kysely<unknown>

beforeAll(async () => {
  client = await startPglite()
  db = new Kysely<unknown>({ dialect: pgliteDialect({ client }) })
  await sql`create table things (id integer primary key)`.execute(db)
}, openTimeout)

const count = async (on: Kysely<unknown> = db) => {
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from things`.execute(on)
  return rows[0]?.n
}

test('a transaction has the connection alone; other queries and transactions wait for its end', async () => {
  const order: string[] = []
  let others: readonly Promise<unknown>[] = []
  await db.transaction().execute(async (tx) => {
    others = [
      count().then((n) => order.push(`query ${n}`)),
      db.transaction().execute(async (next) => order.push(`transaction ${await count(next)}`)),
      // Somebody else's use of the same client.
      client
        .query('select count(*)::integer as n from things')
        .then(({ rows }) => order.push(`client ${rows.length}`)),
    ]
    for (let id = 0; id < 3; id++) await sql`insert into things values (${id})`.execute(tx)
    order.push('end')
  })
  await Promise.all(others)
  expect(order[0]).toBe('end')
  expect(order.toSorted()).toEqual(['client 1', 'end', 'query 3', 'transaction 3'])
})

test('a failed transaction is rolled back and gives the connection free', async () => {
  const before = await count()
  const failed = db.transaction().execute(async (tx) => {
    await sql`insert into things values (100)`.execute(tx)
    await sql`insert into things values (100)`.execute(tx)
  })
  await expect(failed).rejects.toMatchObject({ code: '23505', constraint: 'things_pkey' })
  expect(await count()).toBe(before)
})

test('an error repeats no values', async () => {
  const error = await sql`select ${'a secret'}::integer, ${'another'}::text`
    .execute(db)
    .catch((cause: unknown) => cause)
  expect(error).toMatchObject({ code: '22P02' })
  expect(JSON.stringify({ ...(error as object) })).not.toContain('another')
})

test(
  'a closed database is unavailable, and nothing waits for it',
  async () => {
    const other = await startPglite()
    const closing = new Kysely<unknown>({ dialect: pgliteDialect({ client: other }) })
    await sql`select 1`.execute(closing)
    await other.close()
    const unavailable = { code: StorageErrors.unavailable.code }
    await expect(sql`select 1`.execute(closing)).rejects.toMatchObject(unavailable)
    await expect(closing.transaction().execute(async () => {})).rejects.toMatchObject(unavailable)
  },
  openTimeout,
)
