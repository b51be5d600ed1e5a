import { race, winners } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { type TestApp, testApp } from './support.fixture.ts'

const verify = (app: TestApp, token: string) =>
  app.call<{ code?: string } | undefined>('POST', '/api/v1/auth/email/verify', { body: { token } })

const send = (app: TestApp, token: string) => app.call('POST', '/api/v1/auth/email/send', { token })

/** Tokens of the verification mails so far, oldest first. */
async function mailed(app: TestApp): Promise<string[]> {
  await app.stack.deliverEvents()
  return app.mailer.sent.flatMap(({ code }) => (code === undefined ? [] : [code]))
}

const tokenOf = async (app: TestApp): Promise<string> => (await mailed(app)).at(-1) ?? ''

describe('verifying an e-mail address', () => {
  it('follows the mail that registering sends', async () => {
    const app = await testApp()
    const { accessToken, refreshToken } = await app.member()
    const token = await tokenOf(app)
    const [mail] = app.mailer.sent
    expect(mail?.to).toBe('ada@example.com')
    expect(mail?.links).toEqual([`https://app.example.com/verify-email?token=${token}`])
    expect(mail?.text).toContain(token)
    expect((await verify(app, token)).status).toBe(204)
    expect((await app.me(accessToken)).body).toMatchObject({ emailVerified: true })
    const { body } = await app.refresh(refreshToken)
    expect(await app.stack.auth.accessTokens.authenticate(body.accessToken)).toMatchObject({
      emailVerified: true,
    })
  })

  it('works once, also for 64 callers at once', async () => {
    const app = await testApp()
    await app.member()
    const token = await tokenOf(app)
    const answers = winners(await race(() => verify(app, token)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 400]))
    const events = (await app.events()).filter(({ type }) => type === 'auth.email_verification.completed')
    expect(events).toHaveLength(1)
  })

  it('ends with the time of the token', async () => {
    const app = await testApp({ settings: { EMAIL_VERIFICATION_TOKEN_TTL_MINUTES: '5' } })
    await app.member()
    const token = await tokenOf(app)
    app.clock.advance('5m')
    const { status, body } = await verify(app, token)
    expect([status, body?.code]).toEqual([400, 'auth/invalid-verification-token'])
  })

  it('takes only the newest of several mails', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const first = await tokenOf(app)
    app.clock.advance('1s')
    expect((await send(app, accessToken)).status).toBe(202)
    const second = await tokenOf(app)
    expect(second).not.toBe(first)
    expect((await verify(app, first)).status).toBe(400)
    expect((await verify(app, second)).status).toBe(204)
  })

  it('sends the identical mail when an event is delivered twice', async () => {
    const app = await testApp()
    await app.member()
    const token = await tokenOf(app)
    const [event] = (await app.events()).filter(({ type }) => type === 'auth.user.registered')
    const { id, payload } = event as unknown as { id: `evt_${string}`; payload: { userId: `usr_${string}` } }
    app.clock.advance('1m')
    await app.stack.auth.emailVerifications.mail(id, payload.userId)
    expect(await mailed(app)).toEqual([token])
    expect((await verify(app, token)).status).toBe(204)
  })

  it('is retried when the mail could not be handed over', async () => {
    const app = await testApp()
    await app.member()
    app.mailer.failing(true)
    expect(await mailed(app)).toEqual([])
    app.mailer.failing(false)
    app.clock.advance('1h')
    expect(await mailed(app)).toHaveLength(1)
  })

  it('is not asked for again when it is done', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    await verify(app, await tokenOf(app))
    expect((await send(app, accessToken)).status).toBe(202)
    expect(await mailed(app)).toHaveLength(1)
  })

  it('sends at most three mails an hour to one user', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const answers = await Promise.all([0, 1, 2, 3].map(() => send(app, accessToken)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 202, 202, 429])
  })

  it.each(['x', `cev_${'A'.repeat(43)}`, `crt_${'A'.repeat(43)}`])('refuses "%s"', async (token) => {
    expect((await verify(await testApp(), token)).status).toBe(400)
  })

  it('opens the door, where the settings ask for it, and trying to sign in sends another mail', async () => {
    const app = await testApp({ settings: { REQUIRE_EMAIL_VERIFICATION: 'true' } })
    await app.register('ada@example.com')
    const first = await tokenOf(app)
    app.clock.advance('1s')
    expect((await app.signIn('ada@example.com')).status).toBe(401)
    const second = await tokenOf(app)
    expect(second).not.toBe(first)
    await verify(app, second)
    const { accessToken } = (await app.signIn('ada@example.com')).body
    expect((await app.call('GET', '/api/v1/tenants/account', { token: accessToken })).status).toBe(200)
    expect(await mailed(app)).toEqual([first, second])
  })

  it('sends at most three mails an hour to an address, however often somebody tries to sign in', async () => {
    const app = await testApp({ settings: { REQUIRE_EMAIL_VERIFICATION: 'true' } })
    await app.register('ada@example.com')
    for (let i = 0; i < 4; i++) await app.signIn('ada@example.com')
    const asked = (await app.events()).filter(({ type }) => type === 'auth.email_verification.requested')
    expect(asked).toHaveLength(3)
  })
})
