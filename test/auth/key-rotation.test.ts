import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileKeyStore } from '@corbel/adapters/file'
import { localKeyVault, manualClock, memoryKeyStore, Secret } from '@corbel/core/ports'
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { afterAll, expect, it } from 'vitest'
import { publicUrl, testApp } from './support.fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'corbel-rotation-'))
afterAll(() => rmSync(folder, { recursive: true }))

const jwksPath = '/.well-known/jwks.json'

it('rotates under load without one good token refused, by this host, by its replica or by a remote verifier', async () => {
  const clock = manualClock()
  const store = () => fileKeyStore({ path: join(folder, 'keys.json'), secret: new Secret('s'.repeat(32)) })
  const vault = () => localKeyVault({ store: store(), clock }) as never
  const one = await testApp({ clock, vault: vault() })
  const two = await testApp({ clock, vault: vault(), storage: one.storage })
  const { signingKeys } = one.stack.auth
  // A verifier elsewhere keeps the keys for as long as it is told, and asks the replica.
  const jwks = createRemoteJWKSet(new URL(publicUrl + jwksPath), {
    cooldownDuration: 0,
    [customFetch]: (url) => two.stack.fetch(new Request(url), { remoteAddress: '192.0.2.9' }),
  })
  const options = { issuer: publicUrl, currentDate: clock.now() }
  const refused: unknown[] = []
  const kids = new Set<string>()

  async function load(): Promise<void> {
    const { body } = await one.signIn('ada@example.com')
    for (const app of [one, two]) {
      const { status } = await app.me(body.accessToken)
      if (status !== 200) refused.push(status)
    }
    const { protectedHeader } = await jwtVerify(body.accessToken, jwks, {
      ...options,
      currentDate: clock.now(),
    })
    kids.add(protectedHeader.kid ?? '')
  }
  const many = () => Promise.all(Array.from({ length: 8 }, load))

  await one.member()
  await many()
  const [first] = await signingKeys.standings()
  const { kid } = await signingKeys.publish()
  await many()
  await expect(signingKeys.activate(kid)).rejects.toMatchObject({ code: 'key-store/too-early' })
  clock.advance('6m')
  await Promise.all([many(), signingKeys.activate(kid), many()])
  const { body: last } = await two.signIn('ada@example.com')
  await expect(signingKeys.remove(first?.kid ?? '')).rejects.toMatchObject({ code: 'key-store/too-early' })
  clock.advance('62m')
  await Promise.all([many(), signingKeys.remove(first?.kid ?? ''), many()])
  expect(refused).toEqual([])
  expect(kids).toEqual(new Set([first?.kid, kid]))
  expect(last.accessToken).toBeDefined()

  // A key that was stolen: verified tokens are remembered, and refused a second later all the same.
  const { body: tokens } = await two.signIn('ada@example.com')
  expect([(await one.me(tokens.accessToken)).status, (await two.me(tokens.accessToken)).status]).toEqual([
    200, 200,
  ])
  const { kid: next } = await signingKeys.publish()
  clock.advance('6m')
  await signingKeys.activate(next)
  expect((await two.me(tokens.accessToken)).status).toBe(200)
  await signingKeys.remove(kid, { compromised: true })
  clock.advance('1s')
  expect([(await one.me(tokens.accessToken)).status, (await two.me(tokens.accessToken)).status]).toEqual([
    401, 401,
  ])
  const types = (
    await one.storage.repositories.auth.auditLog.list(null, { subjectId: kid }, { limit: 9, after: null })
  ).map(({ content }) => (JSON.parse(content) as { type: string }).type)
  expect(types).toEqual([
    'auth.signing_key.removed',
    'auth.signing_key.activated',
    'auth.signing_key.published',
  ])
})

it('tells callers that keep no ETag when the keys last changed, and not while they may change again in that second', async () => {
  const clock = manualClock()
  const vault = localKeyVault({ store: memoryKeyStore(), clock }) as never
  const app = await testApp({ clock, vault })
  const since = async (date: string) =>
    (await app.call('GET', jwksPath, { headers: { 'if-modified-since': date } })).status
  const lastModified = async () => (await app.call('GET', jwksPath)).headers.get('last-modified')
  await app.member()
  app.clock.advance('2s')
  expect(await lastModified()).toBe(null)
  app.clock.advance('1s')
  const first = await lastModified()
  expect(await since(first ?? '')).toBe(304)
  expect(await since('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(200)
  expect(await since('yesterday')).toBe(200)

  await app.stack.auth.signingKeys.publish()
  expect([await lastModified(), await since(first ?? '')]).toEqual([null, 200])
  app.clock.advance('3s')
  const second = await lastModified()
  expect(Date.parse(second ?? '')).toBeGreaterThan(Date.parse(first ?? ''))
  expect([await since(first ?? ''), await since(second ?? '')]).toEqual([200, 304])
  // A tag is stronger than a date (RFC 9110 §13.1.3).
  const other = { 'if-none-match': '"other"', 'if-modified-since': second ?? '' }
  expect((await app.call('GET', jwksPath, { headers: other })).status).toBe(200)
})
