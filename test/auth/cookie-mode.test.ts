import { beforeEach, describe, expect, it } from 'vitest'
import { Browser, cookieMode, samePage } from './browser.fixture.ts'
import { Authenticator } from './mfa.fixture.ts'
import { sentLink, verifyAddress } from './magic-links.fixture.ts'
import { password, publicUrl, type TestApp, testApp } from './support.fixture.ts'

const ada = { email: 'ada@example.com', password }
const me = '/api/v1/auth/me'
const refresh = '/api/v1/auth/refresh'

let app: TestApp
let browser: Browser

beforeEach(async () => {
  app = await testApp({ settings: cookieMode })
  await app.register(ada.email)
  browser = new Browser(app)
})

const isSecret = /crt_|"accessToken"|"refreshToken"|eyJ/

describe('a session in a cookie', () => {
  it('is opened with one cookie that only this host gets and no script reads, and no token in the body', async () => {
    const { status, headers, body } = await browser.signIn(ada)
    expect(status).toBe(200)
    expect(Object.keys(body).toSorted()).toEqual([
      'expiresIn',
      'refreshExpiresIn',
      'scopes',
      'sessionId',
      'tenantId',
    ])
    const [cookie = '', ...others] = headers.getSetCookie()
    expect(others).toEqual([])
    expect(cookie).toMatch(
      /^__Host-session=crt_[\w-]{43}~eyJ[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    )
    expect(headers.get('cache-control')).toBe('no-store')
    expect((await browser.call('GET', me)).status).toBe(200)
  })

  it('is renewed with the cookie alone, and a replay after the grace ends it', async () => {
    await browser.signIn(ada)
    const first = browser.cookie ?? ''
    app.clock.advance('16m')
    expect((await browser.call('GET', me)).status).toBe(401)
    expect(browser.cookie).toBe(first)
    const renewed = await browser.call('POST', refresh)
    expect(renewed.status).toBe(200)
    expect(JSON.stringify(renewed.body)).not.toMatch(isSecret)
    expect(browser.cookie).not.toBe(first)
    expect((await browser.call('GET', me)).status).toBe(200)
    app.clock.advance('11s')
    const replay = await app.call('POST', refresh, { headers: { ...samePage, cookie: first } })
    expect([replay.status, replay.headers.getSetCookie()]).toEqual([
      401,
      ['__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0'],
    ])
    expect((await browser.call('GET', me)).status).toBe(401)
  })

  it('is over for every copy of the cookie after logout', async () => {
    await browser.signIn(ada)
    const copy = browser.cookie ?? ''
    expect((await browser.call('POST', '/api/v1/auth/logout')).status).toBe(204)
    expect(browser.cookie).toBeNull()
    const headers = { ...samePage, cookie: copy }
    expect((await app.call('GET', me, { headers })).status).toBe(401)
    expect((await app.call('POST', refresh, { headers })).status).toBe(401)
  })

  it.each([
    ['/api/v1/auth/logout/all', undefined, 200],
    ['/api/v1/auth/password/change', { currentPassword: password, newPassword: `${password} again` }, 204],
  ])('%s takes the cookie away', async (path, body, expected) => {
    await browser.signIn(ada)
    expect((await browser.call('POST', path, { body })).status).toBe(expected)
    expect(browser.cookie).toBeNull()
  })

  it('holds the longest token that there is; with permissions beyond that no stack is made, so that no session outgrows its token', async () => {
    const withScope = (length: number) => testApp({ settings: cookieMode, scope: `x:${'y'.repeat(length)}` })
    const refusal = /^The permissions of the stack make access tokens of (\d+) characters/
    const beyond = await withScope(4000).then(
      () => '',
      (error: Error) => error.message,
    )
    const excess = Number(refusal.exec(beyond)?.[1]) - 4000
    // Base64url makes four characters of three.
    const most = 4000 - Math.ceil((excess * 3) / 4)
    await expect(withScope(most + 2)).rejects.toThrow(refusal)

    const owning = await withScope(most)
    const own = new Browser(owning)
    await owning.register(ada.email)
    expect((await own.signIn(ada)).status).toBe(200)
    const signedIn = own.cookie
    expect(signedIn?.split('~')[1]?.length).toBeGreaterThan(3700)
    expect((await own.call('POST', refresh)).status).toBe(200)
    expect(own.cookie).not.toBe(signedIn)
    expect((await own.call('GET', me)).status).toBe(200)
  })

  it('is replaced when its rights grow: by a step-up and by a new factor', async () => {
    await browser.signIn(ada)
    const before = browser.cookie
    const stepped = await browser.call('POST', '/api/v1/auth/step-up', {
      body: { method: 'password', password },
    })
    expect([stepped.status, isSecret.test(JSON.stringify(stepped.body))]).toEqual([200, false])
    const between = browser.cookie
    expect(between).not.toBe(before)

    const enrolled = await browser.call<{ id: string; secret: string }>(
      'POST',
      '/api/v1/auth/mfa/totp/enroll',
      { body: { label: 'Phone' } },
    )
    const authenticator = new Authenticator(app, enrolled.body as never)
    const verified = await browser.call<{ recoveryCodes: unknown[]; tokens: object }>(
      'POST',
      '/api/v1/auth/mfa/totp/verify',
      { body: { id: enrolled.body.id, code: await authenticator.code() } },
    )
    expect(verified.body.recoveryCodes).toHaveLength(10)
    expect(verified.body.tokens).not.toHaveProperty('accessToken')
    expect(verified.body.tokens).not.toHaveProperty('refreshToken')
    expect(browser.cookie).not.toBe(between)
    // What was stolen before is worth nothing after.
    app.clock.advance('11s')
    const stale = { ...samePage, cookie: before ?? '' }
    expect((await app.call('POST', refresh, { headers: stale })).status).toBe(401)
  })

  it('is opened by the second step too, and not by the first', async () => {
    await browser.signIn(ada)
    const { body } = await browser.call<{ id: string }>('POST', '/api/v1/auth/mfa/totp/enroll', {
      body: { label: 'Phone' },
    })
    const authenticator = new Authenticator(app, body as never)
    const code = await authenticator.code()
    await browser.call('POST', '/api/v1/auth/mfa/totp/verify', { body: { id: body.id, code } })
    const other = new Browser(app)
    const first = await other.signIn(ada)
    expect([first.status, other.cookie]).toEqual([202, null])
    const { challengeToken } = first.body
    const second = await other.signIn(
      { challengeToken, method: 'totp', code: await authenticator.next() },
      '/api/v1/auth/mfa/complete',
    )
    expect([second.status, isSecret.test(JSON.stringify(second.body))]).toEqual([200, false])
    expect((await other.call('GET', me)).status).toBe(200)
  })

  it('is opened by a link from a mail', async () => {
    await verifyAddress(app)
    const { token } = await sentLink(app)
    const { status, body } = await browser.signIn({ token }, '/api/v1/auth/magic-links/verify')
    expect([status, isSecret.test(JSON.stringify(body))]).toEqual([200, false])
    expect((await browser.call('GET', me)).status).toBe(200)
  })

  it('lives beside sessions of bearers, which get their tokens as ever', async () => {
    await browser.signIn(ada)
    const bearer = await app.signIn(ada.email)
    expect(bearer.body.accessToken).toMatch(/^eyJ/)
    expect(bearer.headers.getSetCookie()).toEqual([])
    expect((await app.me(bearer.body.accessToken)).status).toBe(200)
    const { body } = await browser.call<{ data: unknown[] }>('GET', '/api/v1/auth/sessions')
    expect(body.data).toHaveLength(2)
  })

  it('stays in the cookie when someone signs in over it', async () => {
    await browser.signIn(ada)
    const again = await browser.call('POST', '/api/v1/auth/token', { body: ada })
    expect([again.status, isSecret.test(JSON.stringify(again.body))]).toEqual([200, false])
  })
})

/** What a browser says of the requests of others, and what none would send. */
const strangers: readonly (readonly [name: string, headers: Record<string, string>])[] = [
  ['a page of somebody else', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['a sub-domain', { origin: 'https://blog.app.example.com', 'sec-fetch-site': 'same-site' }],
  [
    'a front end that may use bearer mode',
    { origin: 'https://other.example.com', 'sec-fetch-site': 'same-site' },
  ],
  ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['the same host without TLS', { origin: 'http://app.example.com', 'sec-fetch-site': 'cross-site' }],
  ['another port', { origin: `${publicUrl}:8443`, 'sec-fetch-site': 'same-site' }],
  ['an origin that begins alike', { origin: `${publicUrl}.evil.example`, 'sec-fetch-site': 'same-origin' }],
  ['no origin', { 'sec-fetch-site': 'same-origin' }],
  ['no fetch metadata', { origin: publicUrl }],
  ['neither', {}],
  ['the right origin, by its own word only', { origin: publicUrl, 'sec-fetch-site': 'cross-site' }],
]

describe('a request that brings the cookie', () => {
  const writes = [
    ['POST', '/api/v1/auth/logout/all'],
    ['POST', refresh],
    ['POST', '/api/v1/auth/logout'],
    ['PATCH', '/api/v1/users/me/profile'],
    ['DELETE', '/api/v1/users/me'],
  ] as const

  it.each(strangers)('changes nothing for %s', async (_, headers) => {
    app = await testApp({ settings: { ...cookieMode, ALLOWED_ORIGINS: 'https://other.example.com' } })
    await app.register(ada.email)
    browser = new Browser(app)
    await browser.signIn(ada)
    const cookie = browser.cookie ?? ''
    for (const [method, path] of writes) {
      const { status, body } = await app.call<{ code: string }>(method, path, {
        headers: { ...headers, cookie },
      })
      expect([path, status, body.code]).toEqual([path, 403, 'http/cross-site'])
    }
    expect((await browser.call('GET', me)).status).toBe(200)
  })

  it('reads nothing for another site, and everything for an event source or an address bar', async () => {
    await browser.signIn(ada)
    const cookie = browser.cookie ?? ''
    const read = async (headers: Record<string, string>) =>
      (await app.call('GET', me, { headers: { ...headers, cookie } })).status
    expect(await read({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await read({ 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await read({ origin: 'https://evil.example' })).toBe(403)
    expect(await read({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await read({ 'sec-fetch-site': 'none' })).toBe(200)
    expect(await read({})).toBe(200)
  })

  it('opens nothing for another site: nobody is signed in as somebody else', async () => {
    for (const [, headers] of strangers) {
      const all = { ...headers, 'session-transport': 'cookie' }
      const { status, headers: answer } = await app.call('POST', '/api/v1/auth/token', {
        body: ada,
        headers: all,
      })
      expect([status, answer.getSetCookie()]).toEqual([403, []])
    }
  })

  it('gives no other origin leave to send cookies', async () => {
    const headers = { origin: publicUrl, 'access-control-request-method': 'POST' }
    const { headers: answer } = await app.call('OPTIONS', refresh, { headers })
    expect(answer.get('access-control-allow-credentials')).toBeNull()
    expect(answer.get('access-control-allow-headers')).not.toMatch(/session-transport/i)
  })

  it('is refused with a bearer token beside it', async () => {
    await browser.signIn(ada)
    const { accessToken, refreshToken } = (await app.signIn(ada.email)).body
    const both = await browser.call<{ code: string }>('GET', me, { token: accessToken })
    expect([both.status, both.body.code]).toEqual([400, 'http/ambiguous-credentials'])
    const body = await browser.call<{ code: string }>('POST', refresh, { body: { refreshToken } })
    expect([body.status, body.body.code]).toEqual([400, 'http/invalid-request'])
    const logout = await browser.call('POST', '/api/v1/auth/logout', { body: { refreshToken } })
    expect(logout.status).toBe(400)
  })

  it('is refused with two of them: somebody has planted one', async () => {
    await browser.signIn(ada)
    const own = browser.cookie ?? ''
    const eve = new Browser(app)
    await app.register('eve@example.com')
    await eve.signIn({ ...ada, email: 'eve@example.com' })
    for (const cookie of [
      `${eve.cookie}; ${own}`,
      `${own}; ${eve.cookie}`,
      `${own}; ${own}`,
      `${own};${own}`,
    ]) {
      const { status, body } = await app.call<{ code: string }>('GET', me, { headers: { cookie } })
      expect([status, body.code]).toEqual([400, 'http/ambiguous-credentials'])
    }
    // Two header lines, as HTTP/1.1 joins them where it must not.
    expect((await app.call('GET', me, { headers: { cookie: `${own}, ${eve.cookie}` } })).status).toBe(401)
  })

  it('is not taken for one under a name that another host could set', async () => {
    await browser.signIn(ada)
    const value = (browser.cookie ?? '').split('=')[1]
    for (const name of [
      'session',
      '__Secure-session',
      '__host-session',
      '__HOST-session',
      ' x__Host-session',
    ])
      expect((await app.call('GET', me, { headers: { cookie: `${name}=${value}` } })).status).toBe(401)
  })

  it('is refused when the value is anything else, and signing in anew helps', async () => {
    const { accessToken, refreshToken } = (await app.signIn(ada.email)).body
    const values = [
      '',
      '~',
      'x',
      accessToken,
      refreshToken,
      `${refreshToken}~`,
      `~${accessToken}`,
      '"x~y"',
      'a~b~c',
      '%00~x',
    ]
    for (const value of values) {
      const headers = { ...samePage, cookie: `__Host-session=${value}` }
      for (const [method, path] of [
        ['GET', me],
        ['POST', refresh],
      ] as const)
        expect([value, (await app.call(method, path, { headers })).status]).toEqual([value, 401])
      const again = await app.call('POST', '/api/v1/auth/token', { body: ada, headers })
      expect([value, again.status, again.headers.getSetCookie().length]).toEqual([value, 200, 1])
    }
  })

  it('is a person: the key of a machine does not work as a cookie', async () => {
    const { accessToken } = (await app.signIn(ada.email)).body
    const { body } = await app.call<{ key: string }>('POST', '/api/v1/auth/api-keys', {
      token: accessToken,
      body: { name: 'laptop', scopes: ['tenant:read'] },
    })
    expect(body.key).toBeTypeOf('string')
    const headers = { ...samePage, cookie: `__Host-session=x~${body.key}` }
    expect((await app.call('GET', '/api/v1/tenants/account', { headers })).status).toBe(401)
    const bearer = await app.call('GET', '/api/v1/tenants/account', { token: body.key })
    expect(bearer.status).toBe(200)
  })

  it('does not work as a bearer token', async () => {
    await browser.signIn(ada)
    const value = (browser.cookie ?? '').slice('__Host-session='.length)
    expect((await app.me(value)).status).toBe(401)
  })
})

describe('with cookie mode off', () => {
  beforeEach(async () => {
    const on = browser
    await on.signIn(ada)
    const { storage, vault } = app
    app = await testApp({ storage, vault, clock: app.clock })
  })

  it('a cookie means nothing', async () => {
    const cookie = browser.cookie ?? ''
    expect(cookie).not.toBe('')
    expect((await app.call('GET', me, { headers: { ...samePage, cookie } })).status).toBe(401)
    expect((await app.call('POST', refresh, { headers: { ...samePage, cookie } })).status).toBe(415)
    const { accessToken } = (await app.signIn(ada.email)).body
    expect((await app.call('GET', me, { token: accessToken, headers: { cookie } })).status).toBe(200)
  })

  it('asking for one is an error, not a sign-in with tokens in the body', async () => {
    const other = new Browser(app)
    const { status, body } = await other.signIn(ada)
    expect([status, body['code']]).toEqual([400, 'http/cookie-mode-off'])
  })
})
