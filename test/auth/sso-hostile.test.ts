import { nodeFetcher } from '@corbel/adapters/node-fetcher'
import type { Tokens } from '@corbel/auth'
import { describe, expect, it } from 'vitest'
import { enrolled } from './mfa.fixture.ts'
import { type Lies, lyingProvider } from './lying-provider.fixture.ts'
import { connect, type Failure, finish, proveDomain, ssoApp, start } from './sso.fixture.ts'
import type { Answer } from './support.fixture.ts'

/** A tenant that is connected to a provider that may lie. */
async function world(change: object = {}) {
  const provider = await lyingProvider()
  const sso = await ssoApp(provider.issuer, { fetcher: provider.fetcher })
  const { app } = sso
  const owner = await app.member('owner@acme.test')
  await proveDomain(sso, owner, 'acme.test')
  const { body } = await connect(app, owner, {
    issuer: provider.issuer,
    domains: ['acme.test'],
    provisioning: 'domain_allowlist',
    ...change,
  })
  const signIn = async (more: object = {}): Promise<Answer<Tokens & Failure>> => {
    const { body: started } = await start(app, body.id, more)
    return finish(app, body.id, started, provider.answer(started.url))
  }
  return { ...sso, provider, owner, id: body.id, signIn }
}

const later = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

/** By what is wrong with it. */
const tokens: Readonly<Record<string, Lies>> = {
  'of another issuer': { claims: (claims) => ({ ...claims, iss: 'https://other.test' }) },
  'for another client': { claims: (claims) => ({ ...claims, aud: 'somebody' }) },
  'for several clients, without saying which asked': {
    claims: (claims) => ({ ...claims, aud: ['corbel', 'x'] }),
  },
  'asked for by another client': { claims: (claims) => ({ ...claims, aud: ['corbel', 'x'], azp: 'x' }) },
  'with another nonce': { claims: (claims) => ({ ...claims, nonce: 'other' }) },
  'without a nonce': { claims: ({ ['nonce']: _, ...claims }) => claims },
  'without a subject': { claims: ({ sub: _, ...claims }) => claims },
  'with an endless subject': { claims: (claims) => ({ ...claims, sub: 'x'.repeat(256) }) },
  'that has expired': { claims: (claims) => ({ ...claims, exp: later(-120) }) },
  'that is not valid yet': { claims: (claims) => ({ ...claims, nbf: later(600) }) },
  'signed with a key that is not published': { otherKey: true },
  'without a signature': { unsigned: true },
}

describe('an ID token', () => {
  it('that is as it must be signs in', async () => {
    const { signIn } = await world()
    expect((await signIn()).status).toBe(200)
  })

  it.each(Object.entries(tokens))('%s is refused', async (_, lies) => {
    const { app, provider, signIn } = await world()
    Object.assign(provider.lies, lies)
    const { status, body } = await signIn()
    expect([status, body.code]).toEqual([401, 'auth/sso-refused'])
    const types = (await app.events()).map(({ type }) => type)
    expect(types).not.toContain('auth.identity.linked')
  })

  it('that is older than what was asked for is refused', async () => {
    const { provider, signIn } = await world()
    provider.lies.claims = (claims) => ({ ...claims, auth_time: later(-3600) })
    expect((await signIn({ reauthenticate: true })).body.code).toBe('auth/sso-refused')
    provider.lies.claims = (claims) => ({ ...claims, auth_time: later(0) })
    expect((await signIn({ reauthenticate: true })).status).toBe(200)
  })

  it('counts for two factors when the connection says so and the domain is proved, and else does not', async () => {
    for (const [twoFactorMethods, amr, status] of [
      [['mfa'], ['pwd', 'mfa'], 200],
      [['mfa'], ['pwd'], 202],
      [[], ['mfa'], 202],
    ] as const) {
      const { app, provider, owner, signIn, records } = await world({ twoFactorMethods })
      await app.events()
      const mailed = app.mailer.sent.find(({ text }) => text.includes('cev_'))
      const token = /cev_[\w-]{43}/.exec(mailed?.text ?? '')?.[0]
      await app.call('POST', '/api/v1/auth/email/verify', { body: { token } })
      const factor = await enrolled(app, owner)
      provider.lies.claims = (claims) => ({ ...claims, sub: 'owner', email: 'owner@acme.test', amr })
      const answer = await signIn()
      expect([amr, answer.status]).toEqual([amr, status])
      if (status === 200) {
        expect((await app.me(answer.body.accessToken)).body).toMatchObject({ aal: 2, amr: ['fed', 'mfa'] })
        const gone = await app.call('DELETE', '/api/v1/auth/sso/domains/acme.test', {
          token: factor.tokens.accessToken,
        })
        expect([gone.status, records.size]).toEqual([204, 1])
        expect((await signIn()).status).toBe(202)
      }
    }
  })
})

describe('a provider', () => {
  it.each([
    ['http://127.0.0.1:1/', 'plain http'],
    ['https://127.0.0.1/', 'this machine'],
    ['https://169.254.169.254/', 'metadata of a cloud'],
    ['https://[::1]/', 'this machine'],
    ['https://10.0.0.1/', 'a private network'],
    ['https://0x7f000001/', 'this machine'],
  ])('at %s, %s, is refused', async (issuer) => {
    const { app } = await ssoApp('https://none.test', { fetcher: nodeFetcher() })
    const { status, body } = await connect(app, await app.member(), { issuer })
    expect([status, body.code]).toEqual([422, 'auth/sso-issuer-refused'])
  })

  it('whose name leads elsewhere later is not asked there', async () => {
    const { provider, signIn } = await world()
    provider.lies.address = '10.0.0.1'
    const before = provider.requests.length
    expect((await signIn()).body.code).toBe('auth/sso-refused')
    expect(provider.requests).toHaveLength(before)
  })

  it.each([
    { issuer: 'https://accounts.google.com' },
    { authorization_endpoint: 'javascript:alert(1)' },
    { authorization_endpoint: 'http://liar.test/authorize' },
    { token_endpoint: 'http://liar.test/token' },
    { jwks_uri: 'file:///etc/passwd' },
    { jwks_uri: undefined },
  ])('that says %j of itself is refused', async (metadata) => {
    const provider = await lyingProvider()
    provider.lies.metadata = metadata
    const { app } = await ssoApp(provider.issuer, { fetcher: provider.fetcher })
    const { body } = await connect(app, await app.member(), { issuer: provider.issuer })
    expect(body.code).toBe('auth/sso-issuer-refused')
  })

  it.each([
    ['google', 'https://accounts.google.com.evil.test'],
    ['microsoft', 'https://login.microsoftonline.com/common/v2.0'],
    ['okta', 'https://evil.test/.okta.com'],
    ['auth0', 'https://acme.auth0.com'],
    ['custom', 'https://user:word@liar.test'],
    ['custom', 'https://liar.test/?x=1'],
    ['custom', 'https://liar.test/#x'],
    ['custom', 'ftp://liar.test'],
  ])('of the preset %s is not %s', async (preset, issuer) => {
    const provider = await lyingProvider()
    const { app } = await ssoApp(provider.issuer, { fetcher: provider.fetcher })
    const { status } = await connect(app, await app.member(), { preset, issuer })
    expect(status).toBe(400)
    expect(provider.requests).toEqual([])
  })

  it('that answers for another is noticed where it says who it is (RFC 9207)', async () => {
    const { app, id, provider } = await world()
    const { body } = await start(app, id)
    const parameters = { ...provider.answer(body.url), iss: 'https://other.test' }
    expect((await finish(app, id, body, parameters)).body.code).toBe('auth/sso-refused')
  })

  it('of a tenant names no operator of the platform', async () => {
    const { app, provider, signIn } = await world()
    await app.stack.auth.users.createOperator({
      email: 'root@acme.test',
      password: 'correct horse battery staple',
      tenantName: 'Platform',
    })
    provider.lies.claims = (claims) => ({ ...claims, email: 'root@acme.test' })
    expect((await signIn()).body.code).toBe('auth/sso-not-linked')
  })
})
