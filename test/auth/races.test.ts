import type { RegistrationResponse } from '@corbel/auth'
import { manualClock, race, winners } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { sentLink, verifyAddress, verifyLink } from './magic-links.fixture.ts'
import {
  completeWith,
  options,
  register,
  registrationOptions,
  signInWith,
  withPasskey,
} from './passkeys.fixture.ts'
import { SoftAuthenticator } from './soft-authenticator.fixture.ts'
import { Authenticator, challenged, complete, enroll, enrolled, verify } from './mfa.fixture.ts'
import { type TestApp, testApp } from './support.fixture.ts'

// The racers of one account are to meet the law under test, not its budgets.
const unlimited = {
  AUTH_ACCOUNT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_NETWORK_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_TENANT_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_SIGN_IN_RATE_LIMIT_PER_MINUTE: '0',
  AUTH_LOCKOUT_THRESHOLD: '50',
  AUTH_IP_LOCKOUT_THRESHOLD: '1000',
  AUTH_MAX_CONSECUTIVE_FAILURES: '100',
  MFA_VERIFY_RATE_LIMIT_PER_HOUR: '0',
  MAGIC_LINK_EMAIL_RATE_LIMIT_PER_HOUR: '0',
}

describe.each(await backends())('64 callers at once on %s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage
  let app: TestApp

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  beforeEach(async () => {
    await opened.clear()
    app = await testApp({ clock, storage: opened.storage, settings: unlimited })
  })
  afterAll(() => opened.close())

  const typesOf = async (): Promise<string[]> => (await app.events()).map(({ type }) => type)
  const count = async (type: string): Promise<number> =>
    (await typesOf()).filter((found) => found === type).length

  it('get one successor for one refresh token, and it works', async () => {
    const { refreshToken } = await app.member()
    const answers = winners(await race(() => app.refresh(refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const [successor = '', ...others] = new Set(answers.map(({ body }) => body.refreshToken))
    expect(others).toEqual([])
    expect((await app.refresh(successor)).status).toBe(200)
  })

  it('end a session once by a token that was replaced long ago', async () => {
    const { refreshToken } = await app.member()
    const { body: live } = await app.refresh(refreshToken)
    clock.advance('10s')
    const answers = winners(await race(() => app.refresh(refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect(await count('auth.session.reuse_detected')).toBe(1)
    expect((await app.refresh(live.refreshToken)).status).toBe(401)
    expect((await app.me(live.accessToken)).status).toBe(401)
  })

  it('leave no token alive when they refresh while their session is ended', async () => {
    const { refreshToken, accessToken } = await app.member()
    const answers = winners(
      await race(async (racer) =>
        racer === 32
          ? app.call('POST', '/api/v1/auth/logout/all', { token: accessToken })
          : app.refresh(refreshToken),
      ),
    )
    expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(2)
    for (const { body } of answers as { body: { refreshToken?: string; accessToken?: string } }[]) {
      if (body.refreshToken === undefined || body.accessToken === undefined) continue
      expect((await app.me(body.accessToken)).status).toBe(401)
      expect((await app.refresh(body.refreshToken)).status).toBe(401)
    }
    expect((await app.refresh(refreshToken)).status).toBe(401)
  })

  it('open one session with one challenge and one code', async () => {
    const { authenticator } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    const code = await authenticator.next()
    const before = await count('auth.session.opened')
    const answers = winners(await race(() => complete(app, challengeToken, code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await count('auth.session.opened')).toBe(before + 1)
  })

  it('open one session with one code and a challenge each', async () => {
    const { authenticator } = await enrolled(app, await app.member())
    const tokens: string[] = []
    for (let i = 0; i < 64; i++) tokens.push((await challenged(app)).challengeToken)
    const code = await authenticator.next()
    const answers = winners(await race((racer) => complete(app, tokens[racer] ?? '', code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('open one session with one recovery code', async () => {
    const { recoveryCodes, tokens } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    const [code = ''] = recoveryCodes
    const answers = winners(await race(() => complete(app, challengeToken, code, 'recovery')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const left = await app.call('GET', '/api/v1/auth/mfa', { token: tokens.accessToken })
    expect(left.body).toMatchObject({ recoveryCodes: 9 })
    expect(await count('auth.recovery_code.used')).toBe(1)
  })

  it('confirm one factor, with one set of recovery codes', async () => {
    const { accessToken } = await app.member()
    const { body } = await enroll(app, accessToken)
    const code = await new Authenticator(app, body).code()
    const answers = winners(await race(() => verify(app, accessToken, body.id, code)))
    const confirmed = answers.filter(({ status }) => status === 200)
    expect(confirmed).toHaveLength(1)
    expect(confirmed[0]?.body.recoveryCodes).toHaveLength(10)
    expect(await count('auth.factor.enrolled')).toBe(1)
  })

  it('open one session with one signature of a passkey, whether or not it counts', async () => {
    for (const [email, counter] of [
      ['ada@example.com', 0],
      ['bob@example.com', 1],
    ] as const) {
      const { device } = await withPasskey(
        app,
        await app.member(email),
        await SoftAuthenticator.create('EdDSA', counter),
      )
      const response = await device.sign(await options(app))
      const before = await count('auth.session.opened')
      const answers = winners(await race(() => signInWith(app, response)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(await count('auth.session.opened')).toBe(before + 1)
    }
    expect(await count('auth.passkey.copy_suspected')).toBe(0)
  })

  it('open one session with one signature as a second factor of many sign-ins', async () => {
    const { device } = await withPasskey(app, await app.member())
    const tokens: string[] = []
    for (let i = 0; i < 64; i++) tokens.push((await challenged(app)).challengeToken)
    const response = await device.sign(await options(app))
    const answers = winners(await race((racer) => completeWith(app, tokens[racer] ?? '', response)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('register one passkey with one challenge', async () => {
    const { accessToken } = await app.member()
    const { body } = await registrationOptions(app, accessToken)
    const devices = await Promise.all(Array.from({ length: 64 }, () => SoftAuthenticator.create('EdDSA')))
    const made = await Promise.all(devices.map((device) => device.register(body)))
    const answers = winners(
      await race((racer) => register(app, accessToken, made[racer] as RegistrationResponse)),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(await count('auth.factor.enrolled')).toBe(1)
  })

  it('open one session with the link and the code of one mail', async () => {
    await app.register('ada@example.com')
    await verifyAddress(app)
    const { token, code } = await sentLink(app)
    const byCode = { email: 'ada@example.com', code }
    const answers = winners(await race((racer) => verifyLink(app, racer % 2 ? { token } : byCode)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await count('auth.session.opened')).toBe(1)
    expect(await count('auth.magic_link.redeemed')).toBe(1)
  })

  it('make one account and one tenant of one address', async () => {
    const answers = winners(await race(() => app.register('ada@example.com')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(await count('auth.user.registered')).toBe(1)
    expect(await count('tenant.account.created')).toBe(1)
    expect(await count('auth.registration.repeated')).toBe(63)
    const { body } = await app.signIn('ada@example.com')
    expect(answers.filter((answer) => answer.body.tenant.id === body.tenantId)).toHaveLength(1)
  })
})
