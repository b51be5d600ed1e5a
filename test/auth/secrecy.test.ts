import { inspect } from 'node:util'
import { manualClock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { sentLink, verifyAddress, verifyLink } from './magic-links.fixture.ts'
import { options, signInWith, withPasskey } from './passkeys.fixture.ts'
import { Authenticator, bytesOf, challenged, complete, enroll, enrolled, verify } from './mfa.fixture.ts'
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
  expect(secrets).toHaveLength(13)
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

it('keeps no secret of a second factor, in no row, no event and no line of the log', async () => {
  const app = await testApp({ clock, storage: database.storage })
  const { accessToken } = await app.member('fay@example.com')
  const { body: enrollment } = await enroll(app, accessToken)
  const code = await new Authenticator(app, enrollment).code()
  const { body } = await verify(app, accessToken, enrollment.id, code)
  const { challengeToken } = await challenged(app, 'fay@example.com')
  const spent = body.recoveryCodes[0] ?? ''
  expect((await complete(app, challengeToken, spent, 'recovery')).status).toBe(200)

  const kept = [await dump(), JSON.stringify(app.logger.lines), JSON.stringify(await app.events())].join('\n')
  expect(kept).toContain(enrollment.id)
  expect(kept).toContain('auth.recovery_code.used')
  const secret = bytesOf(enrollment.secret)
  const secrets = [
    enrollment.secret,
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('base64').replace('=', ''),
    Buffer.from(secret).toString('base64url'),
    challengeToken.replace('csc_', ''),
    ...body.recoveryCodes.flatMap((one) => [one, one.replaceAll('-', '')]),
  ]
  expect(secrets).toHaveLength(25)
  for (const one of secrets) expect(`${one}: ${kept.includes(one)}`).toBe(`${one}: false`)
})

it('keeps no challenge, no code and no token of a mail that signs in, in no row, no event and no line of the log', async () => {
  const app = await testApp({ clock, storage: database.storage })
  const { device } = await withPasskey(app, await app.member('ida@example.com'))
  const asked = await options(app)
  expect((await signInWith(app, await device.sign(asked))).status).toBe(200)
  await verifyAddress(app, 'ida@example.com')
  const { token, code } = await sentLink(app, 'ida@example.com')
  expect((await verifyLink(app, { token })).status).toBe(202)
  const kept = [await dump(), JSON.stringify(app.logger.lines), JSON.stringify(await app.events())].join('\n')
  expect(kept).toContain(device.id)
  expect(kept).toContain('auth.magic_link.redeemed')
  for (const secret of [asked.challenge, token, token.replace('cml_', '')])
    expect(`${secret}: ${kept.includes(secret)}`).toBe(`${secret}: false`)
  expect(kept).not.toMatch(new RegExp(`\\b${code}\\b`))
})

it('opens a sealed secret for nobody but the factor that it belongs to', async () => {
  const app = await testApp({ clock, storage: database.storage })
  const [ada, bob] = [await app.member('gus@example.com'), await app.member('hal@example.com')]
  const mine = await enrolled(app, ada)
  const { factorId } = await enrolled(app, bob)
  const { db } = database
  if (!db) throw new Error('a database was asked for')
  // Who can write to the database puts a secret that they know into the row of somebody else.
  await sql`update corbel_factors set secret = (select secret from corbel_factors where id = ${mine.factorId})
    where id = ${factorId}`.execute(db)
  const { challengeToken } = await challenged(app, 'hal@example.com')
  expect((await complete(app, challengeToken, await mine.authenticator.next())).status).toBe(500)
})
