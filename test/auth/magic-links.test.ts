import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { complete, enrolled } from './mfa.fixture.ts'
import { requestLink, sentLink, verifyAddress, verifyLink } from './magic-links.fixture.ts'
import { withPasskey } from './passkeys.fixture.ts'
import {
  type Answer,
  password,
  publicUrl,
  type TestApp,
  testApp,
  type TestOptions,
} from './support.fixture.ts'

const codeOf = ({ status, body }: Answer) => [status, (body as { code?: string } | undefined)?.code]
const refused = [401, 'auth/invalid-magic-link']
const email = 'ada@example.com'

/** With a member whose address is verified. */
async function world(options: TestOptions = {}): Promise<TestApp> {
  const app = await testApp(options)
  await app.register(email)
  await verifyAddress(app)
  return app
}

const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

describe('a magic link', () => {
  it('signs in with the token of the link, once', async () => {
    const app = await world()
    const { token } = await sentLink(app)
    const { status, body } = await verifyLink(app, { token })
    expect(status).toBe(200)
    expect((await app.me(body.accessToken)).body).toMatchObject({ email, aal: 1, amr: ['email'] })
    expect(codeOf(await verifyLink(app, { token }))).toEqual(refused)
    const types = (await app.events()).map(({ type }) => type)
    expect(types).toContain('auth.magic_link.redeemed')
  })

  it('signs in with the code and the address, once, and uses up the link', async () => {
    const app = await world()
    const { token, code } = await sentLink(app)
    expect(code).toMatch(/^\d{6}$/)
    const { status, body } = await verifyLink(app, { email: 'ADA@example.com', code })
    expect(status).toBe(200)
    expect((await app.me(body.accessToken)).body).toMatchObject({ amr: ['email'] })
    expect(codeOf(await verifyLink(app, { email, code }))).toEqual(refused)
    expect(codeOf(await verifyLink(app, { token }))).toEqual(refused)
  })

  it('is a link that signs nobody in by being fetched', async () => {
    const app = await world()
    const { token } = await sentLink(app)
    const link = app.mailer.sent.at(-1)?.links?.[0] ?? ''
    expect(link).toBe(`${publicUrl}/magic-link#token=${token}`)
    for (const path of ['/magic-link', `/api/v1/auth/magic-links/verify?token=${token}`])
      expect((await app.call('GET', path)).status).toBeGreaterThanOrEqual(400)
    expect((await verifyLink(app, { token })).status).toBe(200)
  })

  it('works for ten minutes', async () => {
    const app = await world()
    const { token, code } = await sentLink(app)
    app.clock.advance('10m')
    expect(codeOf(await verifyLink(app, { token }))).toEqual(refused)
    expect(codeOf(await verifyLink(app, { email, code }))).toEqual(refused)
    const next = await sentLink(app)
    app.clock.advance('9m')
    expect((await verifyLink(app, { token: next.token })).status).toBe(200)
  })

  it('makes an earlier one useless, and handling its event again changes nothing', async () => {
    const app = await world()
    const first = await sentLink(app)
    const event = (await app.events()).find(({ type }) => type === 'auth.magic_link.requested')
    const second = await sentLink(app)
    expect(codeOf(await verifyLink(app, { token: first.token }))).toEqual(refused)
    expect(codeOf(await verifyLink(app, { email, code: first.code }))).toEqual(refused)
    const payload = event?.payload as { readonly userId: `usr_${string}` }
    const sent = [...app.mailer.sent]
    await app.stack.auth.magicLinks.mail(event?.id ?? 'evt_', payload)
    expect(app.mailer.sent).toEqual(sent)
    expect(codeOf(await verifyLink(app, { token: first.token }))).toEqual(refused)
    expect((await verifyLink(app, { token: second.token })).status).toBe(200)
  })

  it('is for the client that asked for it, if that sent a challenge (RFC 7636)', async () => {
    const app = await world()
    const codeVerifier = randomBytes(32).toString('base64url')
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
    const { token, code } = await sentLink(app, email, { codeChallenge })
    expect(codeOf(await verifyLink(app, { token }))).toEqual(refused)
    const other = { token, codeVerifier: randomBytes(32).toString('base64url') }
    expect(codeOf(await verifyLink(app, other))).toEqual(refused)
    expect(codeOf(await verifyLink(app, { token, codeVerifier: codeChallenge }))).toEqual(refused)
    expect(codeOf(await verifyLink(app, { email, code }))).toEqual(refused)
    expect((await verifyLink(app, { token, codeVerifier })).status).toBe(200)
  })

  it('goes to the tenant that is asked for, if it is one of the user', async () => {
    const app = await world()
    const { body } = await app.register('bob@example.com')
    const { token } = await sentLink(app)
    const foreign = await verifyLink(app, { token, tenantId: body.tenant.id })
    expect(codeOf(foreign)).toEqual([403, 'auth/not-a-member'])
  })
})

describe('a magic link and second factors', () => {
  it('is one factor: an authenticator app, a passkey and the policy of the tenant are asked for', async () => {
    const app = await world()
    const { authenticator } = await enrolled(app, (await app.signIn(email)).body)
    const asked = await verifyLink(app, { token: (await sentLink(app)).token })
    expect([asked.status, asked.body]).toMatchObject([202, { methods: ['totp', 'recovery'], enroll: [] }])
    const { challengeToken } = asked.body as unknown as { challengeToken: string }
    const { status, body } = await complete(app, challengeToken, await authenticator.next())
    expect(status).toBe(200)
    expect((await app.me(body.accessToken)).body).toMatchObject({ aal: 2, amr: ['email', 'otp', 'mfa'] })
    const { code } = await sentLink(app)
    expect((await verifyLink(app, { email, code })).status).toBe(202)
  })

  it('asks for a passkey', async () => {
    const app = await world()
    await withPasskey(app, (await app.signIn(email)).body)
    const asked = await verifyLink(app, { token: (await sentLink(app)).token })
    expect([asked.status, asked.body]).toMatchObject([202, { methods: ['passkey', 'recovery'] }])
  })
})

describe('guessing a code', () => {
  it('costs attempts of the one budget, and a lock stops the right code too', async () => {
    const app = await world()
    const { code, token } = await sentLink(app)
    for (let i = 0; i < 3; i++)
      expect(codeOf(await verifyLink(app, { email, code: wrong(code) }))).toEqual(refused)
    for (let i = 0; i < 2; i++) await app.signIn(email, { password: 'a wrong password' })
    const right = await verifyLink(app, { email, code })
    expect(codeOf(right)).toEqual([429, 'auth/too-many-attempts'])
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(codeOf(await app.signIn(email))).toEqual([429, 'auth/too-many-attempts'])
    // The token of the link is no guess.
    expect((await verifyLink(app, { token })).status).toBe(200)
  })

  it('forgets its failures with a success', async () => {
    const app = await world()
    for (let round = 0; round < 2; round++) {
      const { code } = await sentLink(app)
      for (let i = 0; i < 4; i++) await verifyLink(app, { email, code: wrong(code) })
      expect((await verifyLink(app, { email, code })).status).toBe(200)
    }
  })

  it('with the code of another account opens nothing', async () => {
    const app = await world()
    await app.register('bob@example.com')
    await verifyAddress(app, 'bob@example.com')
    const { code, token } = await sentLink(app, 'bob@example.com')
    expect(codeOf(await verifyLink(app, { email, code }))).toEqual(refused)
    expect((await verifyLink(app, { token })).status).toBe(200)
  })
})

describe('who asks for a magic link', () => {
  /** Everything but what differs from call to call. */
  const shape = ({ status, headers, body }: Answer) => ({
    status,
    names: [...headers.keys()].filter((name) => !name.startsWith('ratelimit')),
    body: typeof body === 'object' && body !== null ? { ...body, requestId: '' } : body,
  })

  it('learns nothing of the address, W-14', async () => {
    const app = await world()
    await app.register('new@example.com')
    const known = await requestLink(app, email)
    expect(known.status).toBe(202)
    for (const other of ['nobody@example.com', 'new@example.com'])
      expect(shape(await requestLink(app, other))).toEqual(shape(known))
    const { code } = await sentLink(app)
    const guess = await verifyLink(app, { email, code: wrong(code) })
    expect(guess.status).toBe(401)
    for (const other of ['nobody@example.com', 'new@example.com'])
      expect(shape(await verifyLink(app, { email: other, code }))).toEqual(shape(guess))
  })

  it('is locked out of an address without an account just the same', async () => {
    const app = await world()
    const { code } = await sentLink(app)
    const answers = async (address: string) => {
      const seen: unknown[] = []
      for (let i = 0; i < 7; i++) {
        const answer = await app.call('POST', '/api/v1/auth/magic-links/verify', {
          body: { email: address, code: wrong(code) },
          ip: '198.51.100.9',
        })
        seen.push(shape(answer))
      }
      return seen
    }
    expect(await answers('nobody@example.com')).toEqual(await answers(email))
  })

  it('gets five mails an hour to one address, and the answer stays the same', async () => {
    const app = await world()
    await app.events()
    const before = app.mailer.sent.length
    for (let i = 0; i < 7; i++) expect((await requestLink(app, email)).status).toBe(202)
    await app.events()
    expect(app.mailer.sent.length - before).toBe(5)
    app.clock.advance('1h')
    await sentLink(app)
  })

  it('for an address that is not verified is sent the mail that verifies it, and nothing that signs in', async () => {
    const app = await testApp()
    await app.register(email)
    await app.events()
    const before = app.mailer.sent.length
    await requestLink(app, email)
    await app.events()
    const [mail, ...others] = app.mailer.sent.slice(before)
    expect(others).toEqual([])
    expect(mail?.code).toMatch(/^cev_/)
    expect(mail?.text).not.toContain('cml_')
    await verifyAddress(app)
    expect((await verifyLink(app, { token: (await sentLink(app)).token })).status).toBe(200)
  })

  it('for an address that a stranger has registered gets an account that the stranger cannot enter', async () => {
    const app = await testApp()
    const stranger = { ip: '203.0.113.66', headers: { 'user-agent': 'stranger' } }
    const body = { email, password, tenantName: 'Evil', acceptTerms: true }
    await app.call('POST', '/api/v1/auth/register', { body, ...stranger })
    await requestLink(app, email)
    await verifyAddress(app)
    expect((await verifyLink(app, { token: (await sentLink(app)).token })).status).toBe(200)
    const entered = await app.call('POST', '/api/v1/auth/token', { body: { email, password }, ...stranger })
    expect(entered.status).toBe(401)
  })

  it('needs no mail server to get an answer', async () => {
    const app = await world()
    const before = app.mailer.sent.length
    expect((await requestLink(app, email)).status).toBe(202)
    expect(app.mailer.sent.length).toBe(before)
    await app.events()
    expect(app.mailer.sent.length).toBe(before + 1)
  })

  it.each([
    ['no address', {}],
    ['an address that is none', { email: 'ada' }],
    ['a challenge that is none', { email, codeChallenge: 'short' }],
    ['something else besides', { email, tenantName: 'Acme' }],
  ])('is refused with %s', async (_, body) => {
    const app = await testApp()
    expect((await app.call('POST', '/api/v1/auth/magic-links', { body })).status).toBe(400)
  })

  it.each([
    ['nothing', {}],
    ['a code without an address', { code: '123456' }],
    ['both', { token: 'cml_', email, code: '123456' }],
    ['a code of five digits', { email, code: '12345' }],
  ])('is refused with %s to sign in with', async (_, body) => {
    const app = await testApp()
    expect((await verifyLink(app, body)).status).toBe(400)
  })

  it.each(['', 'cml_', `cml_${'A'.repeat(43)}`, `cev_${'A'.repeat(43)}`])(
    'is refused with the token "%s"',
    async (token) => {
      const app = await testApp()
      expect((await verifyLink(app, { token })).status).toBe(token === '' ? 400 : 401)
    },
  )
})
