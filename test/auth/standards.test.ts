import { describe, expect, it } from 'vitest'
import { complete, enrolled } from './mfa.fixture.ts'
import { machineApp, send } from './machines.fixture.ts'
import { publicUrl, type TestApp, testApp } from './support.fixture.ts'

// Demands of the table in test/requirements that no other test happened to hold.

describe('a password', () => {
  it('may have 128 characters of any script, and each of them counts', async () => {
    const app = await testApp()
    const long = Array.from('Ä漢🦊 ñ').join('').repeat(32).normalize('NFC')
    const typed = Array.from(long).slice(0, 128).join('')
    expect((await app.register('ada@example.com', { password: typed })).status).toBe(201)
    const status = async (password: string) => (await app.signIn('ada@example.com', { password })).status
    expect(await status(typed)).toBe(200)
    expect(await status(Array.from(typed).slice(0, 127).join(''))).toBe(401)
    expect(await status(typed.toLowerCase())).toBe(401)
    expect(await status(` ${Array.from(typed).slice(1).join('')}`)).toBe(401)
  })

  it('needs no digit, capital or symbol, and does not expire', async () => {
    const app = await testApp()
    const password = 'seven new lamps in the attic'
    expect((await app.register('ada@example.com', { password })).status).toBe(201)
    app.clock.advance('4000d')
    expect((await app.signIn('ada@example.com', { password })).status).toBe(200)
  })
})

it('a reset password still needs the second factor', async () => {
  const app = await testApp()
  const { authenticator } = await enrolled(app, await app.member())
  await app.call('POST', '/api/v1/auth/password/forgot', { body: { email: 'ada@example.com' } })
  await app.events()
  const token = app.mailer.sent.find(({ subject }) => subject.startsWith('A new password'))?.code
  const newPassword = 'seven new lamps in the attic'
  const confirmed = await app.call('POST', '/api/v1/auth/password/confirm', { body: { token, newPassword } })
  expect([confirmed.status, confirmed.body]).toEqual([204, undefined])
  const { status, body } = await app.signIn('ada@example.com', { password: newPassword })
  expect([status, (body as Partial<typeof body>).accessToken]).toEqual([202, undefined])
  const { challengeToken } = body as unknown as { challengeToken: string }
  expect((await complete(app, challengeToken, await authenticator.next())).status).toBe(200)
})

it('there is no account before somebody makes one', async () => {
  const app = await testApp()
  await app.stack.start()
  await app.stack.stop()
  expect(await app.events()).toEqual([])
  for (const name of ['admin', 'root', 'administrator', 'sa', 'test', 'ops', 'operator']) {
    for (const password of [name, 'admin', 'password', 'changeme'])
      expect((await app.signIn(`${name}@example.com`, { password, ip: name })).status).not.toBe(200)
  }
})

it('a recovery code has 80 bits or more, a mailed token 256', async () => {
  const app = await testApp()
  const { recoveryCodes } = await enrolled(app, await app.member())
  // Crockford's or RFC 4648's alphabet: five bits a character.
  for (const code of recoveryCodes) expect(code.replaceAll('-', '').length * 5).toBeGreaterThanOrEqual(80)
  expect(new Set(recoveryCodes).size).toBe(10)
  await app.events()
  expect(app.mailer.sent.find(({ code }) => code)?.code).toMatch(/^cev_[\w-]{43}$/)
})

it('a session ends at its absolute limit, however often it is refreshed', async () => {
  const app = await testApp({
    settings: { AUTH_SESSION_MAX_DAYS: '2', AUTH_REFRESH_TOKEN_TTL_MINUTES: '1440' },
  })
  let { refreshToken, accessToken } = await app.member()
  for (let hour = 0; hour < 47; hour++) {
    app.clock.advance('1h')
    const { status, body } = await app.refresh(refreshToken)
    expect([hour, status]).toEqual([hour, 200])
    ;({ refreshToken, accessToken } = body)
  }
  app.clock.advance('1h')
  expect((await app.refresh(refreshToken)).status).toBe(401)
  expect((await app.me(accessToken)).status).toBe(401)
})

it('no token is taken from a URL, and none is put into one', async () => {
  const app = await testApp()
  const { accessToken } = await app.member()
  for (const name of ['access_token', 'token', 'bearer', 'authorization'])
    expect((await app.call('GET', `/api/v1/auth/me?${name}=${accessToken}`)).status).toBe(401)
  // An address that is signed for one file and some minutes, to which the access of its maker is checked once more.
  const signed = '/api/v1/files/{id}/download'
  const names = app.stack.operations.flatMap(({ endpoint, path }) => {
    if (path === signed) return []
    const { query } = endpoint as { readonly query?: { readonly shape?: object } }
    return [...Object.keys(query?.shape ?? {}), ...(path.match(/(?<=\{)\w+(?=\})/g) ?? [])]
  })
  expect(names).toContain('limit')
  expect(names.filter((name) => /token|secret|password|code$/i.test(name))).toEqual([])
})

it('no endpoint takes a hint or the answer to a question', async () => {
  const app = await testApp()
  const { body } = await app.call<object>('GET', '/openapi.json')
  const properties = JSON.stringify(body).matchAll(/"(\w+)":\{"(?:type|anyOf|\$ref)"/g)
  // RFC 7009: what kind of token it is. OIDC: the address to begin to sign in with. The end of a machine's key, by which it is known.
  const others = new Set(['token_type_hint', 'loginHint', 'keyHint'])
  const names = [...properties].flatMap(([, name = '']) => (others.has(name) ? [] : [name]))
  expect(names).toContain('newPassword')
  expect(names.filter((name) => /hint|question|answer|maiden/i.test(name))).toEqual([])
})

interface Metadata {
  readonly issuer: string
  readonly grant_types_supported: readonly string[]
  readonly response_types_supported: readonly string[]
  readonly authorization_endpoint?: string
}
const metadata = (app: TestApp, headers = {}) =>
  app.call<Metadata>('GET', '/.well-known/oauth-authorization-server', { headers })

it('the token endpoint offers two grants, and no way around them', async () => {
  const app = await machineApp()
  const { body } = await metadata(app)
  expect(body.grant_types_supported).toEqual(['client_credentials', 'refresh_token'])
  expect(body.response_types_supported).toEqual([])
  expect(body.authorization_endpoint).toBeUndefined()
  for (const path of ['authorize', 'auth', 'authorization', 'register', 'par', 'device'])
    expect((await app.call('GET', `/oauth/${path}`)).status).toBe(404)
  for (const grant of [
    'password',
    'implicit',
    'authorization_code',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  ])
    expect((await send(app, '/oauth/token', { grant_type: grant, client_id: 'corbel' })).body.error).toBe(
      'unsupported_grant_type',
    )
})

it('the metadata is true', async () => {
  const app = await machineApp()
  const { status, headers, body } = await metadata(app, {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    forwarded: 'host=evil.example',
  })
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
  expect(headers.get('cache-control')).toMatch(/max-age=300/)
  expect(body.issuer).toBe(publicUrl)
  const addresses = Object.entries(body).filter(([name]) => /_endpoint$|_uri$/.test(name))
  expect(addresses.length).toBeGreaterThan(3)
  const operations = app.stack.operations.map(({ path }) => publicUrl + path)
  for (const [, address] of addresses) expect(operations).toContain(address)
  const algorithms = Object.entries(body).filter(([name]) => name.endsWith('alg_values_supported'))
  expect(algorithms.length).toBeGreaterThan(0)
  expect(JSON.stringify(algorithms)).not.toMatch(/none|HS\d/i)
})
