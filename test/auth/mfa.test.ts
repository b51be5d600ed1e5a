import { describe, expect, it } from 'vitest'
import { challenged, complete, enroll, enrolled, verify } from './mfa.fixture.ts'
import { testApp } from './support.fixture.ts'

const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]

describe('enrolling an authenticator app', () => {
  it('makes the session one of two factors, and every later sign-in needs both', async () => {
    const app = await testApp()
    const before = await app.member()
    const other = (await app.signIn('ada@example.com')).body
    const { authenticator, tokens, recoveryCodes } = await enrolled(app, before)
    expect(recoveryCodes).toHaveLength(10)
    expect(tokens.sessionId).toBe(before.sessionId)
    expect((await app.me(tokens.accessToken)).body).toMatchObject({ aal: 2, amr: ['pwd', 'otp', 'mfa'] })
    expect((await app.me(other.accessToken)).status).toBe(401)
    expect((await app.refresh(other.refreshToken)).status).toBe(401)

    const challenge = await challenged(app)
    expect(challenge).toEqual({
      challengeToken: expect.stringMatching(/^csc_/) as string,
      expiresIn: 300,
      methods: ['totp', 'recovery'],
      enroll: [],
    })
    const { status, body } = await complete(app, challenge.challengeToken, await authenticator.next())
    expect(status).toBe(200)
    expect(body.recoveryCodes).toBeUndefined()
    expect((await app.me(body.accessToken)).body).toMatchObject({ aal: 2, amr: ['pwd', 'otp', 'mfa'] })
    expect((await app.refresh(body.refreshToken)).status).toBe(200)
  })

  it('counts only once it is confirmed', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const { status, body } = await enroll(app, accessToken)
    expect(status).toBe(201)
    expect((await app.signIn('ada@example.com')).status).toBe(200)
    expect(codeOf(await verify(app, accessToken, body.id, '000000'))).toEqual([401, 'auth/invalid-factor'])
    expect((await app.call('GET', '/api/v1/auth/mfa', { token: accessToken })).body).toEqual({
      factors: [],
      recoveryCodes: 0,
      policy: 'optional',
    })
  })

  it('replaces one that was begun before', async () => {
    const app = await testApp()
    const tokens = await app.member()
    const { body: first } = await enroll(app, tokens.accessToken)
    await enrolled(app, tokens)
    const { body } = await app.call<{ factors: { id: string }[] }>('GET', '/api/v1/auth/mfa', {
      token: tokens.accessToken,
    })
    expect(body.factors).toHaveLength(1)
    expect(body.factors[0]?.id).not.toBe(first.id)
  })

  it('tells the owner by mail', async () => {
    const app = await testApp()
    const first = await app.member()
    await app.stack.deliverEvents()
    const { tokens, factorId } = await enrolled(app, first)
    await app.call('POST', '/api/v1/auth/mfa/recovery/regenerate', { token: tokens.accessToken })
    await app.call('DELETE', `/api/v1/auth/mfa/${factorId}`, { token: tokens.accessToken })
    await app.stack.deliverEvents()
    expect(app.mailer.sent.map(({ text }) => text.split('\n')[0]).slice(1)).toEqual([
      'A second factor was added to your account.',
      'Your account has new recovery codes. The earlier ones do not work any more.',
      'A second factor was removed from your account.',
    ])
  })
})

describe('W-06: a code of an authenticator app', () => {
  it('is accepted once', async () => {
    const app = await testApp()
    const { authenticator } = await enrolled(app, await app.member())
    const code = await authenticator.next()
    const [first, second] = [await challenged(app), await challenged(app)]
    expect((await complete(app, first.challengeToken, code)).status).toBe(200)
    expect(codeOf(await complete(app, second.challengeToken, code))).toEqual([401, 'auth/invalid-factor'])
    expect((await complete(app, second.challengeToken, await authenticator.next())).status).toBe(200)
  })

  it('is not accepted after a later one, nor that which confirmed the app', async () => {
    const app = await testApp()
    const { authenticator } = await enrolled(app, await app.member())
    const [confirming, later] = [await authenticator.code(), await authenticator.code(1)]
    const { challengeToken } = await challenged(app)
    expect((await complete(app, challengeToken, confirming)).status).toBe(401)
    expect((await complete(app, challengeToken, later)).status).toBe(200)
    expect((await complete(app, (await challenged(app)).challengeToken, confirming)).status).toBe(401)
  })
})

describe('W-06: a recovery code', () => {
  it('stands in for the app, each one once, however it is typed', async () => {
    const app = await testApp()
    const { recoveryCodes, tokens } = await enrolled(app, await app.member())
    const [code = ''] = recoveryCodes
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/)
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
    const { status, body } = await complete(app, (await challenged(app)).challengeToken, typed, 'recovery')
    expect(status).toBe(200)
    expect((await app.me(body.accessToken)).body).toMatchObject({ aal: 2, amr: ['pwd', 'recovery', 'mfa'] })
    const again = await complete(app, (await challenged(app)).challengeToken, code, 'recovery')
    expect(codeOf(again)).toEqual([401, 'auth/invalid-factor'])
    const left = await app.call('GET', '/api/v1/auth/mfa', { token: tokens.accessToken })
    expect(left.body).toMatchObject({ recoveryCodes: 9 })
  })

  it('ends when new ones are made', async () => {
    const app = await testApp()
    const { recoveryCodes, tokens } = await enrolled(app, await app.member())
    const fresh = await app.call<{ recoveryCodes: string[] }>(
      'POST',
      '/api/v1/auth/mfa/recovery/regenerate',
      {
        token: tokens.accessToken,
      },
    )
    expect(fresh.body.recoveryCodes).toHaveLength(10)
    const { challengeToken } = await challenged(app)
    expect((await complete(app, challengeToken, recoveryCodes[3] ?? '', 'recovery')).status).toBe(401)
    expect((await complete(app, challengeToken, fresh.body.recoveryCodes[3] ?? '', 'recovery')).status).toBe(
      200,
    )
  })

  it('is nobody else’s', async () => {
    const app = await testApp()
    const ada = await enrolled(app, await app.member('ada@example.com'))
    await enrolled(app, await app.member('bob@example.com'))
    const { challengeToken } = await challenged(app, 'bob@example.com')
    expect((await complete(app, challengeToken, ada.recoveryCodes[0] ?? '', 'recovery')).status).toBe(401)
  })
})

describe('a challenge', () => {
  it('opens one session', async () => {
    const app = await testApp()
    const { authenticator } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    expect((await complete(app, challengeToken, await authenticator.next())).status).toBe(200)
    expect(codeOf(await complete(app, challengeToken, await authenticator.next()))).toEqual([
      401,
      'auth/invalid-challenge',
    ])
  })

  it('expires', async () => {
    const app = await testApp({ settings: { MFA_CHALLENGE_TTL_MINUTES: '5' } })
    const { authenticator } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    app.clock.advance('5m')
    expect(codeOf(await complete(app, challengeToken, await authenticator.code()))).toEqual([
      401,
      'auth/invalid-challenge',
    ])
  })

  it('takes five attempts', async () => {
    const app = await testApp({ settings: { AUTH_LOCKOUT_THRESHOLD: '50' } })
    const { authenticator } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    for (let i = 0; i < 5; i++) {
      expect(codeOf(await complete(app, challengeToken, '000000'))).toEqual([401, 'auth/invalid-factor'])
    }
    expect(codeOf(await complete(app, challengeToken, await authenticator.next()))).toEqual([
      401,
      'auth/invalid-challenge',
    ])
  })

  it('works for the client that it was given to', async () => {
    const app = await testApp()
    const { authenticator } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    const elsewhere = { 'user-agent': 'another browser' }
    const code = await authenticator.next()
    expect(codeOf(await complete(app, challengeToken, code, 'totp', elsewhere))).toEqual([
      401,
      'auth/invalid-challenge',
    ])
    expect((await complete(app, challengeToken, code)).status).toBe(200)
  })

  it.each(['x', `csc_${'A'.repeat(43)}`, `crt_${'A'.repeat(43)}`])('is not "%s"', async (token) => {
    expect(codeOf(await complete(await testApp(), token, '000000'))).toEqual([401, 'auth/invalid-challenge'])
  })

  it('is no access token and no refresh token', async () => {
    const app = await testApp()
    await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    expect((await app.me(challengeToken)).status).toBe(401)
    expect((await app.refresh(challengeToken)).status).toBe(401)
  })

  it('has one budget of failures with the password', async () => {
    const app = await testApp()
    const { authenticator } = await enrolled(app, await app.member())
    const { challengeToken } = await challenged(app)
    for (let i = 0; i < 3; i++) await complete(app, challengeToken, '000000')
    for (let i = 0; i < 2; i++) await app.signIn('ada@example.com', { password: 'a wrong password' })
    const locked = await complete(app, challengeToken, await authenticator.next())
    expect(codeOf(locked)).toEqual([429, 'auth/too-many-attempts'])
  })
})
