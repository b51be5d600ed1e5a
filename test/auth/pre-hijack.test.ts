import { describe, expect, it } from 'vitest'
import { race, winners } from '@corbel/core/ports'
import { password, type TestApp, testApp } from './support.fixture.ts'

const email = 'ada@example.com'
const stranger = { ip: '198.51.100.7', headers: { 'user-agent': 'Stranger/1' } }
const owner = { ip: '192.0.2.1', headers: { 'user-agent': 'Owner/1' } }

type From = typeof owner

const register = (app: TestApp, from: From) =>
  app.call('POST', '/api/v1/auth/register', {
    ...from,
    body: { email, password, tenantName: 'Acme', acceptTerms: true },
  })

const signIn = (app: TestApp, from: From, secret = password) =>
  app.call<{ accessToken: string; refreshToken: string }>('POST', '/api/v1/auth/token', {
    ...from,
    body: { email, password: secret },
  })

/** The newest code in a mail to the address. */
async function code(app: TestApp): Promise<string> {
  await app.events()
  return app.mailer.sent.flatMap((mail) => mail.code ?? []).at(-1) ?? ''
}

const verify = async (app: TestApp, from: From, more: object = {}) =>
  app.call('POST', '/api/v1/auth/email/verify', { ...from, body: { token: await code(app), ...more } })

describe.each(['true', 'false'])('with REQUIRE_EMAIL_VERIFICATION=%s', (required) => {
  const open = () => testApp({ settings: { REQUIRE_EMAIL_VERIFICATION: required } })

  it('a stranger who registered an address does not get in when its owner opens the link', async () => {
    const app = await open()
    await register(app, stranger)
    await code(app)
    app.clock.advance('1s')
    const before = await signIn(app, stranger)
    expect((await verify(app, owner)).status).toBe(204)
    expect((await signIn(app, stranger)).status).toBe(401)
    if (before.status === 200) {
      const { accessToken: token, refreshToken } = before.body
      expect((await app.call('GET', '/api/v1/auth/me', { ...stranger, token })).status).toBe(401)
      expect((await app.refresh(refreshToken)).status).toBe(401)
    }
    const token = await code(app)
    expect(token).toMatch(/^cpr_/)
    const newPassword = 'the owner chose this one'
    const chosen = await app.call('POST', '/api/v1/auth/password/confirm', {
      ...owner,
      body: { token, newPassword },
    })
    expect(chosen.status).toBe(204)
    expect((await signIn(app, owner, newPassword)).status).toBe(200)
    expect((await signIn(app, stranger)).status).toBe(401)
  })

  it('whoever registered and opens the link keeps the password', async () => {
    const app = await open()
    await register(app, owner)
    expect((await verify(app, owner)).status).toBe(204)
    expect((await signIn(app, owner)).status).toBe(200)
  })

  it('whoever opens the link elsewhere keeps the password by typing it', async () => {
    const app = await open()
    await register(app, stranger)
    expect((await verify(app, owner, { password })).status).toBe(204)
    expect((await signIn(app, stranger)).status).toBe(200)
  })

  it('a wrong password changes nothing, and the link still works', async () => {
    const app = await open()
    await register(app, stranger)
    const answer = await verify(app, owner, { password: 'not the one that was chosen' })
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'auth/wrong-password' }])
    expect((await verify(app, owner, { password })).status).toBe(204)
  })

  it('a password chosen by mail proves the address, and no link takes it away again', async () => {
    const app = await open()
    await register(app, stranger)
    const link = await code(app)
    await app.call('POST', '/api/v1/auth/password/forgot', { ...owner, body: { email } })
    const newPassword = 'the owner chose this one'
    const body = { token: await code(app), newPassword }
    expect((await app.call('POST', '/api/v1/auth/password/confirm', { ...owner, body })).status).toBe(204)
    await app.call('POST', '/api/v1/auth/email/verify', { ...owner, body: { token: link } })
    expect((await signIn(app, owner, newPassword)).status).toBe(200)
  })
})

it('of 64 who open the link at once, from both clients, one verifies', async () => {
  const app = await testApp()
  await register(app, stranger)
  await code(app)
  const answers = winners(await race((racer) => verify(app, racer % 2 ? owner : stranger)))
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(63)
})
