import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { customFetch, validateJwtAccessToken } from 'oauth4webapi'
import { expect, describe, it } from 'vitest'
import { decode } from './forged-tokens.fixture.ts'
import { publicUrl, type TestApp, testApp } from './support.fixture.ts'

const systemTime = () =>
  testApp().then(async (app) => (app.clock.advance(`${Date.now() - app.clock.now().getTime()}ms`), app))

const keySet = (app: TestApp) => app.call<JSONWebKeySet>('GET', '/.well-known/jwks.json')

describe('an access token', () => {
  it('is one of RFC 9068 to oauth4webapi, which reads our keys over HTTP', async () => {
    const app = await systemTime()
    const { accessToken, sessionId, tenantId } = await app.member()
    const request = new Request(`${publicUrl}/resource`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    const server = { issuer: publicUrl, jwks_uri: `${publicUrl}/.well-known/jwks.json` }
    const claims = await validateJwtAccessToken(server, request, publicUrl, {
      [customFetch]: (url, init) => app.stack.fetch(new Request(url, { headers: init.headers })),
    })
    expect(claims).toMatchObject({
      client_id: 'corbel',
      sid: sessionId,
      tid: tenantId,
      amr: ['pwd'],
      acr: 'aal1',
    })
  })

  it('is one of RFC 9068 to jose with the published keys', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    const { payload } = await jwtVerify(accessToken, createLocalJWKSet((await keySet(app)).body), {
      issuer: publicUrl,
      audience: publicUrl,
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
      currentDate: app.clock.now(),
      requiredClaims: [
        'exp',
        'iat',
        'jti',
        'sub',
        'client_id',
        'scope',
        'auth_time',
        'role',
        'email_verified',
      ],
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900)
    expect(payload).not.toHaveProperty('operator')
  })

  it('is for every audience of the settings and accepted for any of them', async () => {
    const both = { AUTH_AUDIENCE: 'https://api.example.com,https://mcp.example.com' }
    const app = await testApp({ settings: both })
    const { accessToken } = await app.member()
    expect(decode(accessToken.split('.')[1])['aud']).toEqual([
      'https://api.example.com',
      'https://mcp.example.com',
    ])
    const { storage, vault, clock } = app
    const one = await testApp({
      storage,
      vault,
      clock,
      settings: { AUTH_AUDIENCE: 'https://mcp.example.com' },
    })
    const none = await testApp({ storage, vault, clock })
    expect((await app.me(accessToken)).status).toBe(200)
    expect((await one.me(accessToken)).status).toBe(200)
    expect((await none.me(accessToken)).status).toBe(401)
  })

  it('ends when its time is up, with 5 s for clocks that differ', async () => {
    const app = await testApp({ settings: { ACCESS_TOKEN_EXPIRE_MINUTES: '1' } })
    const { accessToken, expiresIn } = await app.member()
    expect(expiresIn).toBe(60)
    app.clock.advance('64s')
    expect((await app.me(accessToken)).status).toBe(200)
    app.clock.advance('1s')
    expect((await app.me(accessToken)).body.code).toBe('auth/invalid-access-token')
  })

  it('never outlives its session', async () => {
    const app = await testApp({ settings: { AUTH_SESSION_MAX_DAYS: '1' } })
    const { refreshToken, refreshExpiresIn } = await app.member()
    expect(refreshExpiresIn).toBe(86_400)
    app.clock.advance('1435m')
    const { body } = await app.refresh(refreshToken)
    expect([body.expiresIn, body.refreshExpiresIn]).toEqual([300, 300])
    app.clock.advance('5m')
    expect((await app.refresh(body.refreshToken)).status).toBe(401)
  })
})

describe('the keys', () => {
  it('are public halves only, and kept by caches as long as the settings say', async () => {
    const app = await testApp({ settings: { AUTH_JWKS_MAX_AGE_SECONDS: '120' } })
    const { status, headers, body } = await keySet(app)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('public, max-age=120')
    expect(body.keys.map((key) => Object.keys(key).toSorted())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ])
    const etag = headers.get('etag') ?? ''
    const again = await app.call('GET', '/.well-known/jwks.json', { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
  })

  it('W-16: of the past are accepted beside the present one until they are retired', async () => {
    const app = await testApp()
    const before = await app.member()
    const [oldKey] = (await app.vault.publicKeys()).map(({ kid }) => kid)
    expect((await app.me(before.accessToken)).status).toBe(200)

    await app.vault.rotate()
    const after = (await app.signIn('ada@example.com')).body
    expect(decode(after.accessToken.split('.')[0])['kid']).not.toBe(oldKey)
    expect((await app.me(after.accessToken)).status).toBe(200)
    expect((await app.me(before.accessToken)).status).toBe(200)
    expect((await keySet(app)).body.keys).toHaveLength(2)

    app.vault.retire(oldKey ?? '')
    app.clock.advance('30s')
    expect((await app.me(before.accessToken)).status).toBe(401)
    expect((await app.me(after.accessToken)).status).toBe(200)
  })

  it('are read from the vault once for many requests', async () => {
    const app = await testApp()
    const { accessToken } = await app.member()
    await app.me(accessToken)
    const { reads } = app.vault
    for (let i = 0; i < 20; i++) await app.me(accessToken)
    expect(app.vault.reads).toBe(reads)
  })
})
