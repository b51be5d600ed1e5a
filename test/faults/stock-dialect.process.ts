import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'

// The bad control of a crash of Postgres: kysely's own dialect, with the listener that the documentation of pg's pool asks for.
const pool = new pg.Pool({ connectionString: process.argv[2] ?? '', max: 10, connectionTimeoutMillis: 1000 })
pool.on('error', () => {})
const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })

async function load(): Promise<never> {
  for (;;) {
    await db
      .transaction()
      .execute(async (tx) => {
        await sql`select 1`.execute(tx)
        await delay(20)
        await sql`select 1`.execute(tx)
      })
      .catch(() => delay(20))
  }
}

for (let i = 0; i < 10; i++) void load()
process.stdout.write('0\n')
