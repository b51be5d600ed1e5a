import { describe, expect, it } from 'vitest'
import { codeOf, invite, mailedInvite, operatorToken, shape } from './sign-up.fixture.ts'
import { testApp } from './support.fixture.ts'

const under = (policy: string, settings: Readonly<Record<string, string>> = {}) =>
  testApp({ settings: { SIGNUP_ACCESS_POLICY: policy, ...settings } })

describe('the sign-up policy', () => {
  it.each([
    ['public', false, false],
    ['invite_only', true, false],
    ['approval', true, true],
    ['domain', false, false],
  ])('%s is told to everybody', async (policy, inviteRequired, requestAccessEnabled) => {
    const app = await under(policy, { TERMS_VERSION: '2026-03', PRIVACY_VERSION: '7' })
    const { status, body } = await app.call('GET', '/api/v1/auth/signup-policy')
    expect(status).toBe(200)
    expect(body).toEqual({
      policy,
      inviteRequired,
      requestAccessEnabled,
      termsVersion: '2026-03',
      privacyVersion: '7',
    })
  })

  it.each(['invite_only', 'approval'])('%s lets nobody in without an invitation', async (policy) => {
    const app = await under(policy)
    const answer = await app.register('ada@example.com')
    expect([answer.status, codeOf(answer)]).toEqual([403, 'auth/invite-required'])
    expect((await app.signIn('ada@example.com')).status).toBe(401)
    const { auditLog } = app.storage.repositories.auth
    expect(await auditLog.list(null, {}, { limit: 10, after: null })).toHaveLength(2)
  })

  it.each(['public', 'invite_only', 'approval', 'domain'])('%s lets in who was invited', async (policy) => {
    const app = await under(policy)
    const { body } = await invite(app, await operatorToken(app))
    const { status } = await app.register('ada@example.com', { inviteToken: body.token })
    expect(status).toBe(201)
    const again = await app.register('bob@example.com', { inviteToken: body.token })
    expect([again.status, codeOf(again)]).toEqual([403, 'auth/invalid-invite'])
  })

  it('domain lets in its addresses only, whose mail must be read before they count', async () => {
    const app = await under('domain', { SIGNUP_ALLOWED_DOMAINS: 'Example.com,example.net' })
    for (const email of [
      'eve@example.org',
      'eve@sub.example.com',
      'eve@notexample.com',
      'a@example.com.evil.org',
    ])
      expect(codeOf(await app.register(email)), email).toBe('auth/invite-required')
    expect((await app.register('Ada@Example.COM')).status).toBe(201)
    // The mails of one millisecond have no order, and the newest is the one that counts.
    app.clock.advance('1s')
    const unverified = await app.signIn('ada@example.com')
    expect([unverified.status, codeOf(unverified)]).toEqual([401, 'auth/invalid-credentials'])
    await app.events()
    const token = /cev_[\w-]{43}/.exec(app.mailer.sent.at(-1)?.text ?? '')?.[0]
    await app.call('POST', '/api/v1/auth/email/verify', { body: { token } })
    expect((await app.signIn('ada@example.com')).status).toBe(200)
  })

  it('keeps denied domains and their subdomains out, invited or not', async () => {
    const app = await under('public', { SIGNUP_DENIED_DOMAINS: 'mailinator.com' })
    for (const email of ['eve@mailinator.com', 'eve@a.b.Mailinator.com'])
      expect(codeOf(await app.register(email))).toBe('auth/email-domain-refused')
    expect((await app.register('eve@notmailinator.com')).status).toBe(201)
    const refused = await invite(app, await operatorToken(app), { email: 'eve@mailinator.com' })
    expect([refused.status, refused.body.code]).toEqual([403, 'auth/email-domain-refused'])
  })

  it('is invite_only in production and staging unless it says otherwise', async () => {
    const { AuthSettings } = await import('@corbel/auth')
    expect(AuthSettings.signUpPolicy.default).toMatchObject({
      production: 'invite_only',
      staging: 'invite_only',
    })
  })

  it('refuses what is no policy, no domain and no version', async () => {
    for (const settings of [
      { SIGNUP_ACCESS_POLICY: 'open' },
      { SIGNUP_DENIED_DOMAINS: 'https://example.com' },
      { SIGNUP_DENIED_DOMAINS: 'localhost' },
      { TERMS_VERSION: 'v 1' },
    ])
      await expect(testApp({ settings })).rejects.toThrow(Object.keys(settings)[0])
  })
})

describe('the quotas of sign-up', () => {
  it.each([
    [
      'SIGNUP_RATE_LIMIT_PER_IP_DAY',
      (i: number) => [`u${i}@${i}.example.com`, '192.0.2.1'],
      ['u@other.org', '192.0.2.2'],
    ],
    [
      'SIGNUP_RATE_LIMIT_PER_EMAIL_DAY',
      (i: number) => ['u@example.com', `192.0.2.${i}`],
      ['v@example.com', '192.0.2.1'],
    ],
    [
      'SIGNUP_RATE_LIMIT_PER_DOMAIN_DAY',
      (i: number) => [`u${i}@example.com`, `192.0.2.${i}`],
      ['u@other.org', '192.0.2.1'],
    ],
  ] as const)('%s refuses what is beyond it and nobody else', async (setting, caller, other) => {
    const app = await testApp({ settings: { [setting]: '2' } })
    const register = ([email = '', ip = '']: readonly string[]) =>
      app.call('POST', '/api/v1/auth/register', {
        body: { email, password: 'correct horse battery staple', tenantName: 'Acme', acceptTerms: true },
        ip,
      })
    expect((await register(caller(1))).status).toBe(201)
    expect((await register(caller(2))).status).toBe(201)
    const beyond = await register(caller(3))
    expect([beyond.status, codeOf(beyond)]).toEqual([429, 'auth/too-many-sign-ups'])
    expect(Number(beyond.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await register(other)).status).toBe(201)
    app.clock.advance('1d')
    expect((await register(caller(3))).status).toBe(201)
  })

  it('are not used up by weak passwords', async () => {
    const app = await testApp({ settings: { SIGNUP_RATE_LIMIT_PER_EMAIL_DAY: '1' } })
    for (let i = 0; i < 3; i++)
      expect(
        (await app.register('ada@example.com', { password: 'ada@example.com ada@example.com' })).status,
      ).toBe(422)
    expect((await app.register('ada@example.com')).status).toBe(201)
  })

  it('of an address do not hold up who has its invitation', async () => {
    const app = await testApp({ settings: { SIGNUP_RATE_LIMIT_PER_EMAIL_DAY: '1' } })
    await invite(app, await operatorToken(app), { email: 'ada@example.com' })
    await app.register('ada@example.com')
    expect((await app.register('ada@example.com')).status).toBe(429)
    const inviteToken = await mailedInvite(app, 'ada@example.com')
    expect((await app.register('ada@example.com', { inviteToken })).status).toBe(201)
    expect((await app.signIn('ada@example.com')).status).toBe(200)
  })

  it('do not tell whether an address has an account', async () => {
    const app = await testApp({ settings: { SIGNUP_RATE_LIMIT_PER_EMAIL_DAY: '2' } })
    const statuses = async (email: string) => [
      (await app.register(email)).status,
      (await app.register(email)).status,
      (await app.register(email)).status,
    ]
    await app.stack.auth.users.createOperator({
      email: 'known@example.com',
      password: 'correct horse battery staple',
    })
    expect(await statuses('known@example.com')).toEqual(await statuses('free@example.com'))
  })
})

describe('the field that people do not see', () => {
  it('makes a registration come to nothing, and look as ever', async () => {
    const app = await testApp()
    const trapped = await app.register('bot@example.com', { website: 'https://spam.example' })
    const real = await app.register('ada@example.com')
    expect(shape(trapped)).toEqual(
      shape({
        ...real,
        body: { ...real.body, user: { ...real.body.user, email: 'bot@example.com' } },
      } as never),
    )
    expect((await app.signIn('bot@example.com')).status).toBe(401)
    expect((await app.register('eve@example.com', { website: '' })).status).toBe(201)
    expect((await app.signIn('eve@example.com')).status).toBe(200)
  })
})
