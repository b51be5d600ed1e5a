import { inspect } from 'node:util'
import { manualClock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { password, peppers, testApp } from './support.fixture.ts'

const clock = manualClock()
let database: OpenStorage

beforeAll(async () => {
  database = await openStorage('pglite', { clock })
}, openTimeout)
afterAll(() => database.close())

/** Every value of every row of every table, as text. */
async function dump(): Promise<string> {
  const { db } = database
  if (!db) throw new Error('a database was asked for')
  const tables = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(db)
  const rows = await Promise.all(
    tables.rows.map(({ name }) =>
      sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(db),
    ),
  )
  return rows.flatMap((table) => table.rows.map(({ row }) => row)).join('\n')
}

it('keeps no secret that was ever sent, in no row and no line of the log', async () => {
  const app = await testApp({ clock, storage: database.storage })
  const first = await app.member('ada@example.com')
  const second = (await app.refresh(first.refreshToken)).body
  await app.register('ada@example.com')
  await app.signIn('ada@example.com', { password: 'a wrong password' })
  await app.events()
  const codes = app.mailer.sent.flatMap(({ code }) => (code === undefined ? [] : [code]))
  const rowsBefore = await dump()
  await app.call('POST', '/api/v1/auth/email/verify', { body: { token: codes[0] } })
  clock.advance('11s')
  await app.refresh(first.refreshToken)
  await app.me(second.accessToken)

  const secrets = [
    password,
    'a wrong password',
    ...Object.values(peppers),
    ...codes,
    ...[first, second].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
  ]
  expect(secrets).toHaveLength(10)
  const kept = {
    rows: `${rowsBefore}\n${await dump()}`,
    log: JSON.stringify(app.logger.lines),
    events: JSON.stringify(await app.events()),
    stack: inspect(app.stack, { depth: 12 }),
  }
  // The scan sees what is kept, else it could not fail.
  expect(kept.rows).toContain('ada@example.com')
  expect(kept.rows).toContain('auth.session.reuse_detected')
  expect(kept.log).toContain('/api/v1/auth/refresh')
  for (const [place, text] of Object.entries(kept)) {
    for (const secret of secrets) expect(`${place}: ${text.includes(secret)}`).toBe(`${place}: false`)
    for (const secret of secrets) {
      const bare = secret.replace(/^(?:crt|cev)_/, '')
      expect(`${place}, without prefix: ${text.includes(bare)}`).toBe(`${place}, without prefix: false`)
    }
  }
})

it('has nothing in its rows that works as a credential', async () => {
  const app = await testApp({ clock, storage: database.storage })
  await app.member('eve@example.com')
  const words = new Set((await dump()).match(/[\w.$+/=-]{16,}/g))
  expect(words.size).toBeGreaterThan(20)
  for (const word of words) {
    expect((await app.refresh(word)).status).not.toBe(200)
    expect((await app.refresh(`crt_${word}`)).status).not.toBe(200)
    expect((await app.me(word)).status).toBe(401)
    expect(
      (await app.call('POST', '/api/v1/auth/email/verify', { body: { token: `cev_${word}` }, ip: word }))
        .status,
    ).not.toBe(204)
  }
})
