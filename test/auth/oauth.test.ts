import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { race, racers } from '@corbel/core/ports'
import { describe, expect, it } from 'vitest'
import { account, basic, client, machineApp, send } from './machines.fixture.ts'
import { publicUrl, type TestApp } from './support.fixture.ts'

const bearerType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const grant = { grant_type: 'client_credentials' }

async function open(body: Readonly<Record<string, unknown>> = {}) {
  const app = await machineApp()
  const owner = await app.member()
  const { id, clientSecret } = await client(app, owner.accessToken, body)
  const headers = basic(id, clientSecret ?? '')
  const token = async (fields = {}) => send(app, '/oauth/token', { ...grant, ...fields }, headers)
  return { app, owner, id, clientSecret: clientSecret ?? '', headers, token }
}

describe('client_credentials', () => {
  it('gives a token that works for the tenant and scopes of the account, and no refresh token', async () => {
    const { app, owner, token } = await open({ scopes: ['tenant:read', 'members:read'] })
    const answer = await token({ scope: 'tenant:read' })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(Object.keys(answer.body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
    const { access_token: accessToken } = answer.body
    expect(await account(app, accessToken)).toMatchObject({ status: 200, body: { id: owner.tenantId } })
    expect((await app.call('GET', '/api/v1/tenants/members', { token: accessToken })).status).toBe(403)
    expect((await token()).body.scope).toBe('tenant:read members:read')
  })

  it.each([
    ['no grant', { grant_type: '' }, 400, 'invalid_request'],
    ['the password grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a scope it lacks', { scope: 'tenant:manage' }, 400, 'invalid_scope'],
    ['a resource of somebody else', { resource: 'https://other.example.com' }, 400, 'invalid_target'],
    ['a secret beside the header', { client_secret: 'x' }, 400, 'invalid_request'],
    ['another client than the header', { client_id: `svc_${'0'.repeat(26)}` }, 401, 'invalid_client'],
  ])('refuses %s in the form of RFC 6749', async (_, fields, status, error) => {
    const { token } = await open()
    const answer = await token(fields)
    expect([answer.status, answer.body.error]).toEqual([status, error])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('ignores parameters that it does not know, and refuses one given twice', async () => {
    const { app, headers, token } = await open()
    expect((await token({ audience: 'x', resource: publicUrl })).status).toBe(200)
    const twice = new Request(`${publicUrl}/oauth/token`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&grant_type=client_credentials',
    })
    expect((await app.stack.fetch(twice)).status).toBe(400)
  })

  it('tells an unknown client and a wrong secret nothing apart', async () => {
    const { app, id } = await open()
    const wrong = await send(app, '/oauth/token', grant, basic(id, 'crs_wrong'))
    const unknown = await send(app, '/oauth/token', grant, basic(`svc_${'0'.repeat(26)}`, 'crs_wrong'))
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="oauth"'])
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body])
    expect((await send(app, '/oauth/token', grant)).body.error).toBe('invalid_client')
  })

  it('W-02: a service account that was ended is refused, its access tokens too, elsewhere within the bound', async () => {
    const { app, owner, id, token } = await open()
    const { storage, clock, vault } = app
    const other = await machineApp({ storage, clock, vault, settings: { AUTH_REVOCATION_POLL_SECONDS: '2' } })
    const { access_token: accessToken } = (await token()).body
    expect((await account(other, accessToken)).status).toBe(200)
    const path = `/api/v1/auth/service-accounts/${id}`
    expect((await app.call('DELETE', path, { token: owner.accessToken })).status).toBe(204)
    expect((await account(app, accessToken)).status).toBe(401)
    expect((await token()).body.error).toBe('invalid_client')
    clock.advance('6s')
    expect((await account(other, accessToken)).status).toBe(401)
    expect((await app.call('DELETE', path, { token: owner.accessToken })).status).toBe(404)
  })

  it('cannot be given more than its maker has', async () => {
    const { app, owner } = await open()
    await expect(client(app, owner.accessToken, { scopes: ['chat:write'] })).rejects.toThrow(
      'auth/scope-not-yours',
    )
    await expect(
      client(app, owner.accessToken, {
        publicKey: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'x' },
      }),
    ).rejects.toThrow('400')
    const point = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
    await expect(client(app, owner.accessToken, { publicKey: point })).rejects.toThrow(
      'auth/invalid-public-key',
    )
  })
})

describe.each([
  ['Ed25519', 'EdDSA'],
  ['P-256', 'ES256'],
])('private_key_jwt with %s', (curve, alg) => {
  async function signer() {
    const pair = await generateKeyPair(alg, curve === 'P-256' ? {} : { crv: 'Ed25519' })
    const { kty, crv, x, y } = await exportJWK(pair.publicKey)
    const app = await machineApp()
    const { accessToken } = await app.member()
    const { id } = await client(app, accessToken, { publicKey: { kty, crv, x, ...(y && { y }) } })
    const now = Math.floor(app.clock.now().getTime() / 1000)
    const sign = (change: JWTPayload = {}) =>
      new SignJWT({
        iss: id,
        sub: id,
        aud: publicUrl,
        iat: now,
        exp: now + 60,
        jti: crypto.randomUUID(),
        ...change,
      })
        .setProtectedHeader({ alg })
        .sign(pair.privateKey)
    return { app, id, now, sign }
  }
  const present = (app: TestApp, assertion: string, fields = {}) =>
    send(app, '/oauth/token', {
      ...grant,
      client_assertion_type: bearerType,
      client_assertion: assertion,
      ...fields,
    })

  it('is taken, for the issuer or the token endpoint', async () => {
    const { app, id, sign } = await signer()
    expect((await present(app, await sign(), { client_id: id })).status).toBe(200)
    expect((await present(app, await sign({ aud: `${publicUrl}/oauth/token` }))).status).toBe(200)
  })

  it('is taken once, of 64 callers from one', async () => {
    const { app, sign } = await signer()
    const assertion = await sign()
    const answers = await race(() => present(app, assertion))
    const statuses = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : 0))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 401)).toHaveLength(racers - 1)
  })

  it('is refused when it is forged', async () => {
    const { app, id, now, sign } = await signer()
    const other = await generateKeyPair(alg, curve === 'P-256' ? {} : { crv: 'Ed25519' })
    const claims = { iss: id, sub: id, aud: publicUrl, exp: now + 60, jti: 'x' }
    const forged: readonly (readonly [string, string])[] = [
      ['another audience', await sign({ aud: 'https://other.example.com' })],
      ['two audiences', await sign({ aud: [publicUrl, 'https://other.example.com'] })],
      ['no audience', await sign({ aud: undefined } as never)],
      ['an end in the past', await sign({ exp: now - 6 })],
      ['an end too far away', await sign({ exp: now + 306 })],
      ['no end', await sign({ exp: undefined } as never)],
      ['no number', await sign({ jti: undefined } as never)],
      ['another issuer', await sign({ iss: 'svc_other' })],
      ['another subject', await sign({ sub: `svc_${'0'.repeat(26)}` })],
      ['another key', await new SignJWT(claims).setProtectedHeader({ alg }).sign(other.privateKey)],
      ['a secret', await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))],
      ['no signature', `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.`],
      ['no JWT', 'x.y.z'],
    ]
    for (const [what, assertion] of forged)
      expect((await present(app, assertion)).body, what).toMatchObject({ error: 'invalid_client' })
    expect((await present(app, await sign(), { client_assertion_type: 'x' })).status).toBe(401)
    expect((await present(app, await sign())).status).toBe(200)
  })
})

describe('refresh_token', () => {
  it('is for the first-party client, and rotates', async () => {
    const { app, owner, headers } = await open()
    const refresh = (fields: object, head = {}) =>
      send(
        app,
        '/oauth/token',
        { grant_type: 'refresh_token', refresh_token: owner.refreshToken, ...fields },
        head,
      )
    expect((await refresh({}, headers)).body.error).toBe('invalid_grant')
    expect((await refresh({})).body.error).toBe('invalid_grant')
    const answer = await refresh({ client_id: 'corbel' })
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 900 })
    expect((await app.me(answer.body.access_token)).status).toBe(200)
    app.clock.advance('11s')
    expect((await refresh({ client_id: 'corbel' })).body.error).toBe('invalid_grant')
  })
})

describe('introspection', () => {
  const ask = (app: TestApp, token: string, headers = {}) =>
    send(app, '/oauth/introspect', { token }, headers)

  it('needs an authenticated client', async () => {
    const { app, owner } = await open()
    expect((await ask(app, owner.accessToken)).body.error).toBe('invalid_client')
    const key = { authorization: `Bearer ${owner.accessToken}` }
    expect((await ask(app, owner.accessToken, key)).body.error).toBe('invalid_client')
  })

  it('tells a client of its own tokens, and nothing of those of others', async () => {
    const { app, owner, id, headers, token } = await open()
    const own = (await token()).body.access_token
    const { status, body, headers: told } = await ask(app, own, headers)
    expect([status, told.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toMatchObject({
      active: true,
      sub: id,
      client_id: id,
      aud: publicUrl,
      iss: publicUrl,
      scope: 'tenant:read',
      token_type: 'Bearer',
    })
    expect((await ask(app, owner.accessToken, headers)).body).toEqual({ active: false })
    const eve = await app.member('eve@example.com')
    const theirs = await client(app, eve.accessToken)
    expect((await ask(app, own, basic(theirs.id, theirs.clientSecret ?? ''))).body).toEqual({ active: false })
  })

  it('tells a client with tokens:introspect of its whole tenant, and of no other', async () => {
    const { app, owner, headers } = await open({ scopes: ['tokens:introspect'] })
    const eve = await app.member('eve@example.com')
    expect((await ask(app, owner.accessToken, headers)).body).toMatchObject({
      active: true,
      client_id: 'corbel',
    })
    expect((await ask(app, eve.accessToken, headers)).body).toEqual({ active: false })
  })

  it('says only that it is not active of whatever else it is given', async () => {
    const { app, owner, headers, token } = await open({ scopes: ['tokens:introspect'] })
    const own = (await token()).body.access_token
    for (const text of ['x', 'a.b.c', `${own}x`, owner.refreshToken, 'crb_local_x', '\u{1f331}'])
      expect((await ask(app, text, headers)).body, text).toEqual({ active: false })
    expect((await ask(app, '', headers)).body.error).toBe('invalid_request')
    await app.call('POST', '/api/v1/auth/logout', { body: { refreshToken: owner.refreshToken } })
    expect((await ask(app, owner.accessToken, headers)).body).toEqual({ active: false })
    app.clock.advance('16m')
    expect((await ask(app, own, headers)).body).toEqual({ active: false })
  })
})

describe('revocation', () => {
  const end = (app: TestApp, token: string, headers = {}, fields = {}) =>
    send(app, '/oauth/revoke', { token, ...fields }, headers)

  it('ends an access token here at once and elsewhere within the bound, and no other token', async () => {
    const { app, headers, token } = await open()
    const { storage, clock, vault } = app
    const other = await machineApp({ storage, clock, vault })
    const first = (await token()).body.access_token
    const second = (await token()).body.access_token
    expect((await account(other, first)).status).toBe(200)
    expect((await end(app, first, headers)).status).toBe(200)
    expect((await account(app, first)).status).toBe(401)
    expect((await account(app, second)).status).toBe(200)
    clock.advance('6s')
    expect((await account(other, first)).status).toBe(401)
    expect((await end(app, first, headers)).status).toBe(200)
    expect((await end(app, 'unknown', headers)).status).toBe(200)
  })

  it('of an access token is in the trail of the tenant, once, with who ended it', async () => {
    const { app, owner, headers, token } = await open()
    const { access_token: ended } = (await token()).body
    await end(app, ended, headers)
    await end(app, ended, headers)
    const events = (await app.events()).filter(({ type }) => type === 'auth.access_token.revoked')
    expect(events).toHaveLength(1)
    const { jti, sub } = JSON.parse(atob(ended.split('.')[1] ?? '')) as { jti: string; sub: string }
    expect(events[0]).toMatchObject({
      tenantId: owner.tenantId,
      payload: { tokenId: jti, serviceAccountId: sub },
    })
    const trail = await app.call<{ data: readonly { action: string }[] }>('GET', '/api/v1/audit/events', {
      token: owner.accessToken,
    })
    expect(JSON.stringify(trail.body)).toContain(jti)
  })

  it('is refused for tokens of other clients, which stay good', async () => {
    const { app, owner, headers, token } = await open()
    const stranger = await client(app, owner.accessToken)
    const theirs = basic(stranger.id, stranger.clientSecret ?? '')
    const own = (await token()).body.access_token
    expect((await end(app, own, theirs)).body.error).toBe('unauthorized_client')
    expect((await end(app, owner.refreshToken, headers)).body.error).toBe('unauthorized_client')
    expect((await end(app, own)).body.error).toBe('invalid_client')
    expect((await end(app, own, {}, { client_id: 'corbel' })).body.error).toBe('unauthorized_client')
    expect((await account(app, own)).status).toBe(200)
    expect((await end(app, 'crb_local_x', headers)).body.error).toBe('unsupported_token_type')
  })

  it.each(['accessToken', 'refreshToken'] as const)(
    'of the %s of a person ends the session',
    async (which) => {
      const { app, owner } = await open()
      expect((await end(app, owner[which], {}, { client_id: 'corbel' })).status).toBe(200)
      expect((await app.me(owner.accessToken)).status).toBe(401)
      expect((await app.refresh(owner.refreshToken)).status).toBe(401)
    },
  )
})
