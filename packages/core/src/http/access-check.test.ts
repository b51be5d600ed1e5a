import { describe, expect, it } from 'vitest'
import { scope } from '../contract/access.ts'
import { Secret } from '../kernel/secret.ts'
import { authorize } from './access-check.ts'
import { exampleApi, principals } from './example-api.fixture.ts'
import type { Principal } from './principal.ts'

const problem = async (response: Response) => (await response.json()) as { code: string; detail: string }

describe('credentials', () => {
  it.each([
    ['none', undefined, 'http/unauthenticated', 'Bearer'],
    ['an unknown token', 'Bearer nobody', 'http/invalid-token', 'Bearer'],
    ['another scheme', 'Basic b3duZXI6', 'http/invalid-token', 'Bearer error="invalid_request"'],
    ['no token', 'Bearer', 'http/invalid-token', 'Bearer error="invalid_request"'],
    ['two tokens', 'Bearer owner other', 'http/invalid-token', 'Bearer error="invalid_request"'],
    ['two headers', 'Bearer owner, Bearer other', 'http/invalid-token', 'Bearer error="invalid_request"'],
    ['characters no token has', 'Bearer ow"ner', 'http/invalid-token', 'Bearer error="invalid_request"'],
  ])('%s', async (_name, authorization, code, challenge) => {
    const response = await exampleApi().send('GET', '/api/v1/notes', {
      headers: authorization === undefined ? {} : { authorization },
    })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge])
    expect((await problem(response)).code).toBe(code)
  })

  it('take the scheme in any case', async () => {
    const response = await exampleApi().send('GET', '/api/v1/notes', {
      headers: { authorization: 'bEARER owner' },
    })
    expect(response.status).toBe(200)
  })
})

describe('access', () => {
  it('names the scope that is missing', async () => {
    const response = await exampleApi().send('POST', '/api/v1/notes', { as: 'viewer', json: { title: 'x' } })
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="note:write"',
    )
    expect(await problem(response)).toMatchObject({
      code: 'http/missing-scope',
      detail: 'This needs the permission "note:write".',
    })
  })

  it('closes endpoints with scopes, and only those, to unverified e-mail addresses', async () => {
    const api = exampleApi({ requireVerifiedEmail: true })
    const write = await api.send('POST', '/api/v1/notes', { as: 'unverified', json: { title: 'x' } })
    expect([write.status, (await problem(write)).code]).toEqual([403, 'http/email-unverified'])
    expect((await api.send('GET', '/api/v1/notes', { as: 'unverified' })).status).toBe(200)
    expect(
      (await exampleApi().send('POST', '/api/v1/notes', { as: 'unverified', json: { title: 'x' } })).status,
    ).toBe(201)
  })

  it("keeps operators' endpoints to operators", async () => {
    const api = exampleApi()
    expect((await api.send('GET', '/admin', { as: 'owner' })).status).toBe(403)
    expect((await api.send('GET', '/admin', { as: 'operator' })).status).toBe(204)
  })

  it('asks for a stronger or fresher sign-in as RFC 9470 says', async () => {
    const api = exampleApi()
    const remove = (as: string) => api.send('DELETE', '/api/v1/notes/n0', { as })
    const weak = await remove('owner')
    expect([weak.status, weak.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    ])
    expect((await remove('strong')).status).toBe(204)
    api.clock.advance('5m')
    expect((await remove('strong')).status).toBe(204)
    api.clock.advance('1ms')
    expect((await problem(await remove('strong'))).code).toBe('http/assurance-required')
  })

  it('takes the tenant from the credential; the header may only agree', async () => {
    const api = exampleApi()
    const list = (tenant: string) =>
      api.send('GET', '/api/v1/notes', { as: 'owner', headers: { 'x-tenant-id': tenant } })
    expect((await list(principals['owner']?.tenantId ?? '')).status).toBe(200)
    expect([(await list('ten_2')).status, (await problem(await list('ten_2'))).code]).toEqual([
      403,
      'http/tenant-mismatch',
    ])
  })

  it('checks the caller before the body', async () => {
    const response = await exampleApi().send('POST', '/api/v1/notes', { body: 'not json' })
    expect(response.status).toBe(401)
  })
})

describe('monitors', () => {
  const monitorToken = new Secret('a-monitor-token')
  const cases: [string, string | undefined, Record<string, string>, number][] = [
    ['loopback', '127.0.0.1', {}, 200],
    ['IPv6 loopback', '::1', {}, 200],
    ['a proxy on loopback', '127.0.0.1', { 'x-forwarded-for': '203.0.113.1' }, 401],
    ['a proxy on loopback that says it the standard way', '127.0.0.1', { forwarded: 'for=203.0.113.1' }, 401],
    ['elsewhere', '203.0.113.1', {}, 401],
    ['elsewhere, pretending', '203.0.113.1', { 'x-forwarded-for': '127.0.0.1' }, 401],
    ['an unknown peer', undefined, {}, 401],
    ['elsewhere with the token', '203.0.113.1', { authorization: 'Bearer a-monitor-token' }, 200],
    ['elsewhere with another token', '203.0.113.1', { authorization: 'Bearer a-monitor-tokem' }, 401],
    ["elsewhere with a user's token", '203.0.113.1', { authorization: 'Bearer owner' }, 401],
  ]
  it.each(cases)('%s', async (_name, remoteAddress, headers, status) => {
    const api = exampleApi({ monitorToken, trustedProxies: ['203.0.113.1'] })
    expect((await api.send('GET', '/metrics', { headers, connection: { remoteAddress } })).status).toBe(
      status,
    )
  })

  it('without a token only loopback counts', async () => {
    const response = await exampleApi().send('GET', '/metrics', {
      headers: { authorization: 'Bearer undefined' },
    })
    expect(response.status).toBe(401)
  })
})

describe('machines', () => {
  it('may do what their scopes allow, and what needs no person', async () => {
    const api = exampleApi({ requireVerifiedEmail: true })
    const write = (as: string) => api.send('POST', '/api/v1/notes', { as, json: { title: 'x' } })
    expect((await write('machine')).status).toBe(201)
    const refused = await write('idleMachine')
    expect([refused.status, (await problem(refused)).code]).toEqual([403, 'http/missing-scope'])
  })

  it.each([
    ['asks for any member', 'GET', '/api/v1/notes'],
    ['asks for an operator', 'GET', '/admin'],
    ['asks for an assurance', 'DELETE', '/api/v1/notes/n0'],
  ])('are refused where the contract %s', async (_, method, path) => {
    const refused = await exampleApi().send(method, path, { as: 'machine' })
    expect([refused.status, (await problem(refused)).code]).toEqual([403, 'http/person-required'])
  })

  it('are refused where scopes come with an assurance, however lately they were issued', () => {
    const now = new Date('2026-01-01T00:00:00Z')
    const access = scope('note:write', { maxAge: '5m' })
    const check = (as: string) => () =>
      authorize(access, principals[as] as Principal, { now, requireVerifiedEmail: false })
    expect(check('owner')).not.toThrow()
    expect(check('machine')).toThrow('Only a signed-in person may do this.')
  })
})
