import { describe, expect, it } from 'vitest'
import { enroll, enrolled, stepUp } from './mfa.fixture.ts'
import { type Answer, password, testApp } from './support.fixture.ts'

const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string } | undefined)?.code]

describe('an endpoint that needs a fresh authentication', () => {
  it('says what it needs (RFC 9470), and is open after a step-up', async () => {
    const app = await testApp()
    const { refreshToken } = await app.member()
    app.clock.advance('15m')
    app.clock.advance('1s')
    const { accessToken } = (await app.refresh(refreshToken)).body
    const refused = await enroll(app, accessToken)
    expect(codeOf(refused)).toEqual([401, 'http/assurance-required'])
    expect(refused.headers.get('www-authenticate')).toContain(
      'error="insufficient_user_authentication", max_age="900"',
    )
    expect(refused.body).toMatchObject({ detail: 'This needs an authentication of the last 900 seconds.' })
    const { status, body } = await stepUp(app, accessToken, { method: 'password', password })
    expect(status).toBe(200)
    expect((await enroll(app, body.accessToken)).status).toBe(201)
  })
})

describe('stepping up', () => {
  it('keeps the session and replaces its tokens', async () => {
    const app = await testApp()
    const before = await app.member()
    const { body } = await stepUp(app, before.accessToken, { method: 'password', password })
    expect(body.sessionId).toBe(before.sessionId)
    expect((await app.refresh(before.refreshToken)).status).toBe(401)
    expect((await app.refresh(body.refreshToken)).status).toBe(200)
    const sessions = await app.call('GET', '/api/v1/auth/sessions', { token: body.accessToken })
    expect(sessions.body).toMatchObject({ data: [{ id: before.sessionId, current: true }] })
    const types = (await app.events()).map(({ type }) => type)
    expect(types).toContain('auth.session.elevated')
    expect(types).not.toContain('auth.session.reuse_detected')
  })

  it('counts a token of before as stolen after the grace', async () => {
    const app = await testApp()
    const before = await app.member()
    const { body } = await stepUp(app, before.accessToken, { method: 'password', password })
    app.clock.advance('10s')
    expect((await app.refresh(before.refreshToken)).status).toBe(401)
    expect((await app.refresh(body.refreshToken)).status).toBe(401)
    expect((await app.me(body.accessToken)).status).toBe(401)
  })

  it('does not lower the level of the session', async () => {
    const app = await testApp()
    const { tokens } = await enrolled(app, await app.member())
    const { body } = await stepUp(app, tokens.accessToken, { method: 'password', password })
    expect((await app.me(body.accessToken)).body).toMatchObject({ aal: 2, amr: ['pwd', 'otp', 'mfa'] })
  })

  it('takes a code of the app once, and a recovery code', async () => {
    const app = await testApp()
    const { tokens, authenticator, recoveryCodes } = await enrolled(app, await app.member())
    const code = await authenticator.next()
    expect((await stepUp(app, tokens.accessToken, { method: 'totp', code })).status).toBe(200)
    const again = await stepUp(app, tokens.accessToken, { method: 'totp', code })
    expect(codeOf(again)).toEqual([401, 'auth/invalid-factor'])
    const recovery = { method: 'recovery', code: recoveryCodes[0] }
    expect((await stepUp(app, tokens.accessToken, recovery)).status).toBe(200)
    expect((await stepUp(app, tokens.accessToken, recovery)).status).toBe(401)
  })

  it('refuses a wrong password, counts it, and changes nothing', async () => {
    const app = await testApp()
    const { accessToken, refreshToken } = await app.member()
    for (let i = 0; i < 5; i++) {
      const wrong = await stepUp(app, accessToken, { method: 'password', password: 'a wrong password' })
      expect(codeOf(wrong)).toEqual([401, 'auth/invalid-factor'])
    }
    const right = await stepUp(app, accessToken, { method: 'password', password })
    expect(codeOf(right)).toEqual([429, 'auth/too-many-attempts'])
    expect((await app.refresh(refreshToken)).status).toBe(200)
  })

  it('forgets the failures before it', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const wrong = () => stepUp(app, accessToken, { method: 'password', password: 'a wrong password' })
    for (let i = 0; i < 4; i++) await wrong()
    expect((await stepUp(app, accessToken, { method: 'password', password })).status).toBe(200)
    for (let i = 0; i < 4; i++) expect((await wrong()).status).toBe(401)
    expect((await stepUp(app, accessToken, { method: 'password', password })).status).toBe(200)
  })

  it('refuses a session that has ended', async () => {
    const app = await testApp()
    const { refreshToken, accessToken } = await app.member()
    await app.call('POST', '/api/v1/auth/logout', { body: { refreshToken } })
    expect((await stepUp(app, accessToken, { method: 'password', password })).status).toBe(401)
  })

  it.each([
    ['no method', { password }],
    ['a method of another kind', { method: 'totp', password }],
    ['a code that is none', { method: 'totp', code: '12345' }],
    ['both', { method: 'password', password, code: '123456' }],
  ])('refuses %s', async (_, body) => {
    const app = await testApp()
    const { accessToken } = await app.member()
    expect((await stepUp(app, accessToken, body)).status).toBe(400)
  })
})
