import { manualClock, race, winners } from '@corbel/core/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { type Answer, password, publicUrl, type TestApp, testApp } from './support.fixture.ts'

const next = 'seven new lamps in the attic'

describe.each(await backends())('passwords on %s', (backend) => {
  const clock = manualClock()
  let opened: OpenStorage
  let app: TestApp

  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  beforeEach(async () => {
    await opened.clear()
    app = await testApp({ clock, storage: opened.storage })
  })
  afterAll(() => opened.close())

  const post = (
    action: string,
    body: unknown,
    token?: string,
  ): Promise<Answer<{ code?: string; detail?: string }>> =>
    app.call('POST', `/api/v1/auth/password/${action}`, { body, ...(token !== undefined && { token }) })
  const change = (token: string, newPassword: string, currentPassword = password) =>
    post('change', { currentPassword, newPassword }, token)
  const confirm = (token: string, newPassword = next) => post('confirm', { token, newPassword })
  const codeOf = ({ status, body }: Answer<{ code?: string } | undefined>) => [status, body?.code]
  const canSignIn = async (typed: string) =>
    (await app.signIn('ada@example.com', { password: typed })).status === 200

  /** Asks for a mail and gives its token. */
  async function forgot(email = 'ada@example.com'): Promise<string> {
    const before = app.mailer.sent.length
    expect((await post('forgot', { email })).status).toBe(202)
    await app.events()
    return (
      app.mailer.sent.slice(before).find(({ subject }) => subject.startsWith('A new password'))?.code ?? ''
    )
  }

  it('are changed by who knows the present one: every session ends, and a mail says so', async () => {
    const { accessToken, refreshToken } = await app.member()
    expect((await change(accessToken, next)).status).toBe(204)
    expect((await app.me(accessToken)).status).toBe(401)
    expect((await app.refresh(refreshToken)).status).toBe(401)
    expect([await canSignIn(password), await canSignIn(next)]).toEqual([false, true])
    await app.events()
    const told = app.mailer.sent.filter(({ subject }) => subject === 'Your password for Corbel was changed')
    expect(told.map(({ to }) => to)).toEqual(['ada@example.com'])
  })

  it('are changed once by 64 callers with one present password', async () => {
    const { accessToken } = await app.member()
    const results = winners(await race((racer) => change(accessToken, `${next} number ${racer}`)))
    const changed = results.flatMap(({ status }, racer) => (status === 204 ? [racer] : []))
    expect(changed).toHaveLength(1)
    expect(await canSignIn(`${next} number ${changed[0]}`)).toBe(true)
  })

  it('are not changed with a wrong present one, and guessing it counts against the budget of the account', async () => {
    const { accessToken } = await app.member()
    for (let i = 0; i < 5; i++)
      expect(codeOf(await change(accessToken, next, 'a wrong password'))).toEqual([
        403,
        'auth/wrong-password',
      ])
    expect(codeOf(await change(accessToken, next))).toEqual([429, 'auth/too-many-attempts'])
    expect((await app.me(accessToken)).status).toBe(200)
    clock.advance('60m')
    expect(await canSignIn(password)).toBe(true)
  })

  it('are changed only soon after signing in', async () => {
    const { accessToken } = await app.member()
    clock.advance('11m')
    expect((await change(accessToken, next)).status).toBe(401)
    expect(await canSignIn(password)).toBe(true)
  })

  it.each([
    ['too short', 'fourteen chars', 'auth/weak-password'],
    ['common', 'Password-Password-2026', 'auth/weak-password'],
    ['the address', 'ada@example.com ada', 'auth/weak-password'],
    ['the tenant and the product', 'Acme Corbel Acme 1', 'auth/weak-password'],
    ['the present one', password, 'auth/reused-password'],
  ])('are refused when they are %s, and nothing changes', async (_, weak, code) => {
    const { accessToken } = await app.member()
    expect(codeOf(await change(accessToken, weak))).toEqual([422, code])
    const token = await forgot()
    expect(codeOf(await confirm(token, weak))).toEqual([422, code])
    expect((await app.me(accessToken)).status).toBe(200)
    expect(await canSignIn(password)).toBe(true)
    expect((await confirm(token)).status).toBe(204)
  })

  it('differ from the last five', async () => {
    const made = [password, ...[1, 2, 3, 4, 5].map((number) => `${next} number ${number}`)]
    await app.register('ada@example.com')
    let current = password
    const to = async (newPassword: string) => {
      const { body } = await app.signIn('ada@example.com', { password: current })
      const answer = await change(body.accessToken, newPassword, current)
      if (answer.status === 204) current = newPassword
      return answer.status
    }
    for (const chosen of made.slice(1, 5)) expect(await to(chosen)).toBe(204)
    for (const old of made.slice(0, 5)) expect(await to(old)).toBe(422)
    expect(await to(made[5] ?? '')).toBe(204)
    expect(await to(password)).toBe(204)
  })

  it('are reset by the token of a mail, once, and every session ends', async () => {
    const { accessToken } = await app.member()
    const token = await forgot()
    expect(token).toMatch(/^cpr_[\w-]{43}$/)
    expect((await confirm(token)).status).toBe(204)
    expect((await app.me(accessToken)).status).toBe(401)
    expect([await canSignIn(password), await canSignIn(next)]).toEqual([false, true])
    expect(codeOf(await confirm(token, `${next} again`))).toEqual([400, 'auth/invalid-reset-token'])
  })

  it('are reset once by 64 callers with one token', async () => {
    await app.register('ada@example.com')
    const token = await forgot()
    const results = winners(await race((racer) => confirm(token, `${next} number ${racer}`)))
    const changed = results.flatMap(({ status }, racer) => (status === 204 ? [racer] : []))
    expect(changed).toHaveLength(1)
    expect(await canSignIn(`${next} number ${changed[0]}`)).toBe(true)
    const events = (await app.events()).filter(({ type }) => type === 'auth.password.changed')
    expect(events).toHaveLength(1)
  })

  it('are reset by the newest mail only, for 30 minutes', async () => {
    await app.register('ada@example.com')
    const first = await forgot()
    clock.advance('1s')
    const second = await forgot()
    expect(codeOf(await confirm(first))).toEqual([400, 'auth/invalid-reset-token'])
    clock.advance('30m')
    expect(codeOf(await confirm(second))).toEqual([400, 'auth/invalid-reset-token'])
    const third = await forgot()
    clock.advance('1799s')
    expect((await confirm(third)).status).toBe(204)
  })

  it('can be reset while the account is locked, which lifts the lock', async () => {
    await app.register('ada@example.com')
    for (let i = 0; i < 5; i++) await app.signIn('ada@example.com', { password: 'a wrong password' })
    expect((await app.signIn('ada@example.com')).status).toBe(429)
    expect((await confirm(await forgot())).status).toBe(204)
    expect(await canSignIn(next)).toBe(true)
  })

  it.each([
    '',
    'cpr_',
    'made up',
    `cpr_${'A'.repeat(43)}`,
    `cev_${'A'.repeat(43)}`,
    `cpr_${'A'.repeat(150)}`,
  ])('are not reset by %j', async (token) => {
    await app.register('ada@example.com')
    await forgot()
    expect((await confirm(token)).status).toBe(400)
    expect(await canSignIn(password)).toBe(true)
  })

  it('are made useless by an operator, who learns and chooses nothing', async () => {
    await app.stack.auth.users.createOperator({ email: 'ops@example.com', password })
    const ops = (await app.signIn('ops@example.com')).body.accessToken
    const { accessToken } = await app.member()
    const { userId } = (await app.me(accessToken)).body as unknown as { userId: string }
    expect((await post('reset', { userId }, accessToken)).status).toBe(403)
    expect((await post('reset', { userId, newPassword: next }, ops)).status).toBe(400)
    expect(codeOf(await post('reset', { userId: `usr_${'0'.repeat(26)}` }, ops))).toEqual([
      404,
      'auth/user-not-found',
    ])
    const answer = await post('reset', { userId }, ops)
    expect([answer.status, answer.body]).toEqual([202, undefined])
    expect((await app.me(accessToken)).status).toBe(401)
    expect(await canSignIn(password)).toBe(false)
    await app.events()
    const mail = app.mailer.sent.find(({ subject }) => subject.startsWith('A new password'))
    expect(mail?.to).toBe('ada@example.com')
    expect((await confirm(mail?.code ?? '')).status).toBe(204)
    expect(await canSignIn(next)).toBe(true)
  })

  it('W-14: forgotten ones are answered alike, with the same work, for addresses with and without an account', async () => {
    await app.register('ada@example.com')
    await app.events()
    const before = app.mailer.sent.length
    const seen: unknown[] = []
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      opened.statements.reset()
      const { status, headers, body } = await post('forgot', { email })
      seen.push({ status, body, statements: opened.statements.count(), headers: [...headers.keys()] })
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[0]).toMatchObject({ status: 202, body: undefined })
    await app.events()
    expect(app.mailer.sent.slice(before).map(({ to }) => to)).toEqual(['ada@example.com'])
  })

  it('send at most five mails an hour to one address, and say nothing of it', async () => {
    await app.register('ada@example.com')
    await app.events()
    const before = app.mailer.sent.length
    for (let i = 0; i < 8; i++) expect((await post('forgot', { email: 'Ada@Example.com' })).status).toBe(202)
    await app.events()
    expect(app.mailer.sent.length - before).toBe(5)
  })
})

it('password managers find the page that changes a password', async () => {
  const app = await testApp()
  const { status, headers } = await app.call('GET', '/.well-known/change-password')
  expect([status, headers.get('location')]).toEqual([303, `${publicUrl}/change-password`])
})

it('a mail that is sent again takes nothing from a newer one', async () => {
  const app = await testApp()
  await app.register('ada@example.com')
  await app.events()
  const ask = () => app.call('POST', '/api/v1/auth/password/forgot', { body: { email: 'ada@example.com' } })
  await ask()
  const requests = async () =>
    (await app.events()).filter(({ type }) => type === 'auth.password_reset.requested')
  const [first] = await requests()
  app.clock.advance('1s')
  await ask()
  await app.events()
  const newest = app.mailer.sent.at(-1)?.code ?? ''
  const { userId } = (first?.payload ?? {}) as { userId: `usr_${string}` }
  await app.stack.auth.passwordMails.sendReset(first?.id ?? 'evt_', userId)
  const { status } = await app.call('POST', '/api/v1/auth/password/confirm', {
    body: { token: newest, newPassword: next },
  })
  expect(status).toBe(204)
})

describe('a breach check', () => {
  const opinions = {
    breached: async () => true,
    down: () => Promise.reject(new Error('down')),
  }
  it.each([
    ['breached', 'refuse', 422, 'auth/weak-password'],
    ['breached', 'accept', 422, 'auth/weak-password'],
    ['down', 'refuse', 503, 'auth/breach-check-unavailable'],
    ['down', 'accept', 201, undefined],
  ] as const)('that says %s with %s gives %i', async (opinion, setting, status, code) => {
    const app = await testApp({
      breachCheck: { isBreached: opinions[opinion] },
      settings: { AUTH_BREACH_CHECK_ON_FAILURE: setting },
    })
    const answer = await app.register('ada@example.com')
    expect([answer.status, (answer.body as { code?: string }).code]).toEqual([status, code])
  })
})
