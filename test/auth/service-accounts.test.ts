import { manualClock, memoryRateLimiter, race, racers } from '@corbel/core/ports'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { account, declared, issue, machineApp, requestSecret, signedRequest } from './machines.fixture.ts'
import { publicUrl, testApp } from './support.fixture.ts'
import { unlimited } from '../unlimited.ts'

const path = '/api/v1/auth/service-accounts'

describe('a signed request', () => {
  it('W-02: is answered with a credential that works against the API, for its tenant and its scopes', async () => {
    const app = await machineApp()
    const { tenantId } = await app.member()
    const issued = await issue(
      app,
      await signedRequest(app, tenantId, { claims: { scopes: ['tenant:read'] } }),
    )
    expect([issued.status, issued.body.scopes]).toEqual([201, ['tenant:read']])
    expect(issued.headers.get('cache-control')).toBe('no-store')
    const { token } = issued.body
    expect(await account(app, token)).toMatchObject({ status: 200, body: { id: tenantId } })
    const members = await app.call('GET', '/api/v1/tenants/members', { token })
    expect([members.status, members.body]).toMatchObject([403, { code: 'http/missing-scope' }])
    expect(await app.me(token)).toMatchObject({ status: 403, body: { code: 'http/person-required' } })
  })

  it('may be signed by the key vault', async () => {
    const app = await machineApp({ settings: { AUTH_CREDENTIAL_REQUEST_SECRET: '' } })
    const { tenantId } = await app.member()
    const signer = await app.vault.signer()
    const iat = Math.floor(app.clock.now().getTime() / 1000)
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      iss: 'cli',
      aud: publicUrl,
      iat,
      exp: iat + 60,
      jti: 'x'.repeat(16),
      account: 'settings-reader',
      tenantId,
    }
    const signed = `${part({ alg: 'EdDSA', typ: 'credential-request+jwt', kid: signer.kid })}.${part(claims)}`
    const signature = await signer.sign(new TextEncoder().encode(signed))
    const issued = await issue(app, `${signed}.${Buffer.from(signature).toString('base64url')}`)
    expect(issued.status).toBe(201)
    expect((await account(app, issued.body.token)).status).toBe(200)
  })

  it('works once, for one of 64 callers', async () => {
    const app = await machineApp({ rateLimiter: unlimited })
    const { tenantId } = await app.member()
    const signed = await signedRequest(app, tenantId)
    const answers = await race(() => issue(app, signed))
    const statuses = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : 0))
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(racers - 1)
  })

  it.each([
    ['for another issuer', { claims: { aud: 'https://other.example.com' } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['of another type', { typ: 'JWT' }],
    ['of an access token’s type', { typ: 'at+jwt' }],
    ['under another secret', { key: 'another secret of at least 32 characters!' }],
    ['without a number', { claims: { jti: undefined } }],
    ['with a number that can be guessed', { claims: { jti: 'short' } }],
    ['that lives too long', { claims: { exp: 4_000_000_000 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['from the future', { claims: { iat: 4_000_000_000, exp: 4_000_000_100 } }],
    ['with a claim that means nothing', { claims: { admin: true } }],
  ])('%s is refused', async (_, change) => {
    const app = await machineApp()
    const { tenantId } = await app.member()
    const answer = await issue(app, await signedRequest(app, tenantId, change))
    expect([answer.status, answer.body.code]).toEqual([401, 'auth/invalid-credential-request'])
  })

  it('ends when its time is up, with 30 s for clocks that differ', async () => {
    const app = await machineApp()
    const { tenantId } = await app.member()
    const signed = await signedRequest(app, tenantId)
    const late = await signedRequest(app, tenantId)
    app.clock.advance('329s')
    expect((await issue(app, signed)).status).toBe(201)
    app.clock.advance('2s')
    expect((await issue(app, late)).status).toBe(401)
  })

  it('is not taken with the public key as secret', async () => {
    const app = await machineApp({ settings: { AUTH_CREDENTIAL_REQUEST_SECRET: '' } })
    const { tenantId } = await app.member()
    const [key] = await app.vault.publicKeys()
    const signed = await signedRequest(app, tenantId, { key: key?.x ?? '' })
    expect((await issue(app, signed)).status).toBe(401)
  })

  it('is needed outside the profile local', async () => {
    const body = { account: 'settings-reader', tenantId: '' }
    const local = await machineApp()
    body.tenantId = (await local.member()).tenantId
    expect((await local.call('POST', `${path}/issue`, { body })).status).toBe(201)
    const staging = await machineApp({
      storage: local.storage,
      clock: local.clock,
      settings: { CORBEL_PROFILE: 'staging' },
    })
    const refused = await staging.call('POST', `${path}/issue`, { body })
    expect([refused.status, refused.body]).toMatchObject([401, { code: 'auth/unsigned-credential-request' }])
    const signed = await issue(staging, await signedRequest(staging, body.tenantId))
    expect(signed.body.token).toMatch(/^crb_staging_/)
    expect((await account(local, signed.body.token)).status).toBe(401)
  })

  it.each([
    ['an account that is not declared', { account: 'nobody' }, 404, 'auth/unknown-account'],
    ['a name of every object', { account: 'constructor' }, 404, 'auth/unknown-account'],
    ['a tenant that is not there', { tenantId: `ten_${'0'.repeat(26)}` }, 404, 'auth/unknown-account'],
    ['a scope beyond the declaration', { scopes: ['tenant:manage'] }, 403, 'auth/account-scopes'],
    ['a longer life than declared', { lifetimeMinutes: 43_201 }, 400, 'auth/account-lifetime'],
  ])('for %s is refused', async (_, claims, status, code) => {
    const app = await machineApp()
    const { tenantId } = await app.member()
    const answer = await issue(app, await signedRequest(app, tenantId, { claims }))
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it('W-20: counts against one quota of the account, whatever instance answers', async () => {
    const clock = manualClock()
    const shared = { clock, rateLimiter: memoryRateLimiter({ clock }) }
    const first = await machineApp(shared)
    const { tenantId } = await first.member()
    const second = await machineApp({ ...shared, storage: first.storage, vault: first.vault })
    const statuses: number[] = []
    for (const app of [first, second, first, second, first, second])
      statuses.push((await issue(app, await signedRequest(app, tenantId))).status)
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429])
  })
})

describe('a credential of a declared account', () => {
  it('W-02: cannot be declared with a scope that no module has', async () => {
    const bot = { summary: 'A bot', scopes: ['chat:write'], maxDays: 1, tenancy: 'tenant' } as const
    await expect(testApp({ serviceAccounts: { 'demo-bot': bot } })).rejects.toThrow('chat:write')
  })

  it('is issued to an administrator with a reason and a fresh sign-in, and the reason is kept', async () => {
    const app = await machineApp()
    const { accessToken: token } = await app.member()
    const body = { account: 'settings-reader', reason: 'for the nightly report' }
    const issued = await app.call<{ token: string; reason: string }>('POST', `${path}/browser-issue`, {
      token,
      body,
    })
    expect([issued.status, issued.body.reason]).toEqual([201, body.reason])
    expect((await account(app, issued.body.token)).status).toBe(200)
    const short = { ...body, reason: 'because' }
    expect((await app.call('POST', `${path}/browser-issue`, { token, body: short })).status).toBe(400)
    app.clock.advance('11m')
    const stale = await app.call('POST', `${path}/browser-issue`, { token, body })
    expect([stale.status, stale.body]).toMatchObject([401, { code: 'http/assurance-required' }])
  })

  it('of a global account is for operators, and still for one tenant', async () => {
    const app = await machineApp()
    const { accessToken, tenantId } = await app.member()
    const body = { account: 'support-console', reason: 'a ticket of this tenant', tenantId }
    const refused = await app.call('POST', `${path}/browser-issue`, { token: accessToken, body })
    expect([refused.status, refused.body]).toMatchObject([403, { code: 'auth/account-tenancy' }])
    await app.stack.auth.users.createOperator({
      email: 'ops@example.com',
      password: 'correct horse battery staple',
    })
    const operator = (await app.signIn('ops@example.com')).body.accessToken
    const issued = await app.call<{ token: string }>('POST', `${path}/browser-issue`, {
      token: operator,
      body,
    })
    expect(await account(app, issued.body.token)).toMatchObject({ status: 200, body: { id: tenantId } })
  })

  it('W-04: is listed and ended by its own tenant only, at once', async () => {
    const app = await machineApp()
    const ada = await app.member('ada@example.com')
    const eve = await app.member('eve@example.com')
    const { token, jti } = (await issue(app, await signedRequest(app, ada.tenantId))).body
    const list = async (by: string, query = '') =>
      (await app.call<{ data: { jti: string }[] }>('GET', `${path}/tokens${query}`, { token: by })).body.data
    const end = (by: string) =>
      app.call('POST', `${path}/tokens/${jti}/revoke`, { token: by, body: { reason: 'no longer needed' } })
    expect((await list(ada.accessToken, '?account=settings')).map((key) => key.jti)).toEqual([jti])
    expect(await list(eve.accessToken, '?status=all')).toEqual([])
    expect((await end(eve.accessToken)).status).toBe(404)
    expect((await account(app, token)).status).toBe(200)
    expect((await end(ada.accessToken)).status).toBe(204)
    expect(await account(app, token)).toMatchObject({ status: 401, body: { code: 'auth/invalid-api-key' } })
    expect(await list(ada.accessToken)).toEqual([])
    expect(await list(ada.accessToken, '?status=revoked')).toHaveLength(1)
    expect((await end(ada.accessToken)).status).toBe(404)
  })

  it('ends with its lifetime', async () => {
    const app = await machineApp()
    const { tenantId } = await app.member()
    const { token } = (
      await issue(app, await signedRequest(app, tenantId, { claims: { lifetimeMinutes: 5 } }))
    ).body
    app.clock.advance('299s')
    expect((await account(app, token)).status).toBe(200)
    app.clock.advance('1s')
    expect((await account(app, token)).status).toBe(401)
  })

  it('cannot make others of its kind', async () => {
    const app = await machineApp()
    const { tenantId } = await app.member()
    const { token } = (await issue(app, await signedRequest(app, tenantId))).body
    const body = { account: 'settings-reader', reason: 'to have one more' }
    expect((await app.call('POST', `${path}/browser-issue`, { token, body })).status).toBe(403)
  })

  it('is shown in the list of declared accounts', async () => {
    const app = await machineApp()
    const { accessToken: token } = await app.member()
    const { body } = await app.call<{ declared: { name: string }[] }>('GET', path, { token })
    expect(body.declared.map(({ name }) => name)).toEqual(Object.keys(declared))
  })
})

it('a JWT of another kind under the same secret is no signed request', async () => {
  const app = await machineApp()
  const { tenantId } = await app.member()
  const other = await new SignJWT({ account: 'settings-reader', tenantId })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(requestSecret))
  expect((await issue(app, other)).status).toBe(401)
})
