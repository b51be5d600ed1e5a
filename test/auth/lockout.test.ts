import { manualClock, memoryRateLimiter, race, type RateLimiter, winners } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import {
  type Answer,
  type CallOptions,
  password,
  type TestApp,
  testApp,
  type TestOptions,
} from './support.fixture.ts'

const laptop: CallOptions = { ip: '198.51.100.7', headers: { 'user-agent': 'the browser of ada' } }

const signIn = (app: TestApp, email: string, typed: string, from: CallOptions = {}): Promise<Answer> =>
  app.call('POST', '/api/v1/auth/token', { ...from, body: { email, password: typed } })

/** Tries wrong passwords from as many networks. */
async function guess(app: TestApp, email: string, times: number, from?: CallOptions): Promise<number[]> {
  const statuses: number[] = []
  for (let i = 0; i < times; i++) {
    const network: CallOptions = { ip: `203.0.${i % 250}.1` }
    statuses.push((await signIn(app, email, 'a wrong password', from ?? network)).status)
  }
  return statuses
}

describe.each(await backends())('a lockout on %s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage
  let app: TestApp
  const another = (settings: TestOptions['settings'] = {}) =>
    testApp({ clock, storage: opened.storage, vault: app.vault, settings })

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  beforeEach(async () => {
    await opened.clear()
    app = await testApp({ clock, storage: opened.storage })
    await app.register('ada@example.com')
  })
  afterAll(() => opened.close())

  const ofType = async (type: string) => (await app.events()).filter((event) => event.type === type)

  it('follows 5 failures within 60 minutes, says when it ends, and ends then', async () => {
    expect(await guess(app, 'ada@example.com', 6)).toEqual([401, 401, 401, 401, 401, 429])
    const refused = await signIn(app, 'ada@example.com', password)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600'])
    expect(refused.body).toMatchObject({ code: 'auth/too-many-attempts' })
    expect(await ofType('auth.account.locked')).toHaveLength(1)
    clock.advance('3599s')
    expect((await signIn(app, 'ada@example.com', password)).status).toBe(429)
    clock.advance('1s')
    expect((await signIn(app, 'ada@example.com', password)).status).toBe(200)
  })

  it('does not follow when the failures are further apart', async () => {
    for (let i = 0; i < 12; i++) {
      expect(await guess(app, 'ada@example.com', 1)).toEqual([401])
      clock.advance('15m')
    }
    expect((await signIn(app, 'ada@example.com', password)).status).toBe(200)
  })

  it('W-14: is the same for an address without an account', async () => {
    const [known, unknown] = [
      await guess(app, 'ada@example.com', 7),
      await guess(app, 'nobody@example.com', 7),
    ]
    expect(unknown).toEqual(known)
    const bodies = await Promise.all(
      ['ada@example.com', 'nobody@example.com'].map((email) => signIn(app, email, password)),
    )
    const [ofKnown, ofUnknown] = bodies.map(({ body, headers }) => ({
      body: { ...(body as object), requestId: '' },
      headers: [...headers.keys()],
      wait: headers.get('retry-after'),
    }))
    expect(ofUnknown).toEqual(ofKnown)
  })

  it('survives the process', async () => {
    await guess(app, 'ada@example.com', 5)
    expect((await signIn(await another(), 'ada@example.com', password)).status).toBe(429)
  })

  it('is forgotten by a success before it', async () => {
    await guess(app, 'ada@example.com', 4)
    expect((await signIn(app, 'ada@example.com', password)).status).toBe(200)
    expect(await guess(app, 'ada@example.com', 5)).toEqual([401, 401, 401, 401, 401])
  })

  it('by strangers does not reach a device that has signed in before, which has a count of its own', async () => {
    expect((await signIn(app, 'ada@example.com', password, laptop)).status).toBe(200)
    // As many as can: from everywhere, and from the device's own network.
    await guess(app, 'ada@example.com', 60)
    await guess(app, 'ada@example.com', 60, { ip: '198.51.100.66' })
    for (let i = 0; i < 50; i++) await guess(app, `u${i}@example.com`, 1, { ip: '198.51.100.66' })
    expect((await signIn(app, 'ada@example.com', password)).status).toBe(429)
    expect((await signIn(app, 'ada@example.com', password, laptop)).status).toBe(200)
    // What the owner does right ends no lock of others.
    expect((await signIn(app, 'ada@example.com', password)).status).toBe(429)
    expect(await guess(app, 'ada@example.com', 6, laptop)).toEqual([401, 401, 401, 401, 401, 429])
    expect((await signIn(app, 'ada@example.com', password, laptop)).status).toBe(429)
  })

  it('of a device that has signed in before ends with the lock of the account, and with a reset by mail', async () => {
    const lockOut = async () => {
      await signIn(app, 'ada@example.com', password, laptop)
      await guess(app, 'ada@example.com', 5)
      expect(await guess(app, 'ada@example.com', 6, laptop)).toEqual([401, 401, 401, 401, 401, 429])
    }
    await lockOut()
    const user = (await opened.storage.repositories.auth.users.findForSignIn('ada@example.com'))?.user
    await app.stack.auth.managedUsers.unlock(user?.id ?? 'usr_', 'a test of it')
    for (const from of [laptop, {}])
      expect((await signIn(app, 'ada@example.com', password, from)).status).toBe(200)
    await lockOut()
    await app.call('POST', '/api/v1/auth/password/forgot', { body: { email: 'ada@example.com' } })
    await app.events()
    const token = app.mailer.sent.findLast(({ subject }) => subject.startsWith('A new password'))?.code
    const newPassword = 'nine green kites over the harbour'
    await app.call('POST', '/api/v1/auth/password/confirm', { body: { token, newPassword } })
    for (const from of [laptop, {}])
      expect((await signIn(app, 'ada@example.com', newPassword, from)).status).toBe(200)
  })

  it('is no use to who knows another account of the same network', async () => {
    await app.register('eve@example.com')
    const evil: CallOptions = { ip: '198.51.100.66', headers: { 'user-agent': 'evil' } }
    for (let i = 0; i < 50; i++) {
      await guess(app, `u${i}@example.com`, 1, evil)
      if (i === 25) expect((await signIn(app, 'eve@example.com', password, evil)).status).toBe(200)
    }
    expect((await signIn(app, 'ada@example.com', password, evil)).status).toBe(429)
  })

  it('W-15: of a network follows 50 failures in 10 minutes, an IPv6 /48 at a time, whatever X-Forwarded-For says', async () => {
    const from = (i: number): CallOptions => ({
      ip: `2001:db8:1:${i.toString(16)}::1`,
      headers: { 'x-forwarded-for': `192.0.2.${i}` },
    })
    for (let i = 0; i < 50; i++) expect(await guess(app, `u${i}@example.com`, 1, from(i))).toEqual([401])
    const refused = await signIn(app, 'ada@example.com', password, from(99))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '600'])
    expect((await signIn(app, 'ada@example.com', password, { ip: '2001:db8:2::1' })).status).toBe(200)
    clock.advance('10m')
    expect((await signIn(app, 'ada@example.com', password, from(99))).status).toBe(200)
  })

  it('for good follows 100 failures in a row: strangers before, and the last of them are left to known devices', async () => {
    const eager = await another({ AUTH_LOCKOUT_DURATION_MINUTES: '1', AUTH_LOCKOUT_WINDOW_MINUTES: '1' })
    const outlast = async (failures: number, from?: CallOptions) => {
      for (let i = 0; i < failures; i += 5) {
        await guess(eager, 'ada@example.com', Math.min(5, failures - i), from)
        clock.advance('2m')
      }
    }
    await signIn(eager, 'ada@example.com', password, laptop)
    await outlast(94)
    expect((await signIn(eager, 'ada@example.com', password, { ip: '192.0.2.9' })).status).toBe(200)
    await outlast(95)
    const refused = await signIn(eager, 'ada@example.com', password)
    // It looks like a wrong password: an account without a hundred failures must not look different.
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([
      401,
      'auth/invalid-credentials',
    ])
    expect(await ofType('auth.account.attempts_exhausted')).toHaveLength(1)
    await outlast(4, laptop)
    expect((await signIn(eager, 'ada@example.com', password, laptop)).status).toBe(200)
    await outlast(95)
    await outlast(5, laptop)
    expect((await signIn(eager, 'ada@example.com', password, laptop)).status).toBe(401)
    const user = (await opened.storage.repositories.auth.users.findForSignIn('ada@example.com'))?.user
    await eager.stack.auth.attempts.unlock(user ?? { id: 'usr_', email: '' })
    expect((await signIn(eager, 'ada@example.com', password)).status).toBe(200)
  }, 60_000)

  it('is not outrun by 64 guesses at once: the rate of one account holds them back', async () => {
    const strict = await another({ AUTH_ACCOUNT_RATE_LIMIT_PER_MINUTE: '10' })
    const statuses = winners(
      await race((racer) =>
        signIn(strict, 'ada@example.com', `wrong password ${racer}`, { ip: `203.0.${racer}.1` }),
      ),
    ).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10)
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(54)
    expect((await signIn(strict, 'ada@example.com', password)).status).toBe(429)
  })
})

describe('attempts', () => {
  it('are limited by the tenant that they name, for accounts that exist and others', async () => {
    const app = await testApp({ settings: { AUTH_TENANT_RATE_LIMIT_PER_MINUTE: '3' } })
    const { tenant } = (await app.register('ada@example.com')).body
    const statuses: number[] = []
    for (const email of [
      'ada@example.com',
      'x@example.com',
      'ada@example.com',
      'y@example.com',
      'ada@example.com',
    ])
      statuses.push((await app.signIn(email, { tenantId: tenant.id, password: 'a wrong password' })).status)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
  })

  it('are refused when the rate limiter fails: closed, not open', async () => {
    const limiter = memoryRateLimiter()
    let isDown = false
    const rateLimiter: RateLimiter = {
      ...limiter,
      take: async (key, quota) => {
        if (isDown && key.startsWith('attempts:')) throw new Error('The limiter is down.')
        return limiter.take(key, quota)
      },
    }
    const app = await testApp({ rateLimiter })
    await app.register('ada@example.com')
    expect((await app.signIn('ada@example.com')).status).toBe(200)
    isDown = true
    expect((await app.signIn('ada@example.com')).status).toBe(500)
  })

  it('keep neither addresses nor agents', async () => {
    const app = await testApp()
    const kept: string[] = []
    const { recordFailure } = app.storage.repositories.auth.attempts
    Object.assign(app.storage.repositories.auth.attempts, {
      recordFailure: (failure: unknown) => (
        kept.push(JSON.stringify(failure)),
        recordFailure(failure as never)
      ),
    })
    await guess(app, 'ada@example.com', 1, laptop)
    expect(kept).toHaveLength(1)
    for (const text of ['ada', '198.51', 'browser']) expect(kept.join()).not.toContain(text)
  })
})
