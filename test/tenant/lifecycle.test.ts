import { describe, expect, test } from 'vitest'
import { password, testApp } from '../auth/support.fixture.ts'
import { invites, type Problem, tokenFor } from './team.fixture.ts'

const platform = '/api/v1/platform/tenants'
const account = '/api/v1/tenants/account'

interface State extends Problem {
  readonly id: string
  readonly status: string
  readonly erased?: Readonly<Record<string, number>>
}

/** The platform with its operator, Olga, and a tenant of Ada's. */
async function open() {
  const app = await testApp()
  await app.stack.auth.users.createOperator({ email: 'olga@example.com', password, tenantName: 'Platform' })
  const olga = (await app.signIn('olga@example.com')).body
  const ada = await app.member('ada@example.com')
  const act = (what: string, body: object = { reason: 'on purpose' }, id = ada.tenantId) =>
    app.call<State>('POST', `${platform}/${id}/${what}`, { token: olga.accessToken, body })
  const read = (token = ada.accessToken, headers = {}) =>
    app.call<Problem>('GET', account, { token, headers })
  return { app, olga, ada, act, read }
}

describe('a suspended tenant', () => {
  test('is closed at once for every permission, and open again when it is reactivated', async () => {
    const { app, ada, act, read } = await open()
    expect((await act('suspend')).body).toMatchObject({ status: 'suspended', statusReason: 'on purpose' })
    expect(await read()).toMatchObject({ status: 403, body: { code: 'tenant/not-active' } })
    const withScopes = app.stack.operations.filter(
      ({ endpoint: { access }, path }) =>
        (access.kind === 'scope' || access.kind === 'user') &&
        access.scopes.length > 0 &&
        !path.includes('{'),
    )
    for (const { endpoint, path } of withScopes)
      expect(
        (await app.call<Problem>(endpoint.method, path, { token: ada.accessToken })).body.code,
        path,
      ).toBe('tenant/not-active')
    expect(withScopes.length).toBeGreaterThan(10)
    expect((await act('reactivate')).status).toBe(200)
    expect((await read()).status).toBe(200)
  })

  test('lets its people sign in, see who they are, and sign out; and closes nobody else', async () => {
    const { app, ada, act, read } = await open()
    const eve = await app.member('eve@example.com')
    await act('suspend')
    expect((await read(eve.accessToken)).status).toBe(200)
    const again = await app.signIn('ada@example.com')
    expect((await app.me(again.body.accessToken)).status).toBe(200)
    expect((await app.refresh(ada.refreshToken)).status).toBe(200)
    expect((await app.call('POST', '/api/v1/auth/logout/all', { token: ada.accessToken })).status).toBe(200)
  })

  test('is closed for API keys too', async () => {
    const { app, ada, act, read } = await open()
    const key = await app.call<{ key: string }>('POST', '/api/v1/auth/api-keys', {
      token: ada.accessToken,
      body: { name: 'key', scopes: ['tenant:read'] },
    })
    expect((await read(key.body.key)).status).toBe(200)
    await act('suspend')
    expect((await read(key.body.key)).status).toBe(403)
  })

  test('is read by an operator who says why, which is in the audit trail; nothing is written', async () => {
    const { app, olga, act, read } = await open()
    await act('suspend', { reason: 'on purpose' }, olga.tenantId)
    const why = { 'x-operator-reason': 'ticket 4711' }
    expect((await read(olga.accessToken)).status).toBe(403)
    expect((await read(olga.accessToken, { 'x-operator-reason': '  ' })).body.code).toBe(
      'tenant/operator-reason-invalid',
    )
    expect((await read(olga.accessToken, why)).status).toBe(200)
    const write = { token: olga.accessToken, body: { name: 'Changed' }, headers: why }
    expect((await app.call('PATCH', account, write)).status).toBe(403)
    const overrides = (await app.events()).filter(({ type }) => type === 'tenant.access.overridden')
    expect(overrides.map(({ payload }) => payload)).toEqual([
      { endpoint: `GET ${account}`, reason: 'ticket 4711' },
    ])
    expect((await act('reactivate', { reason: 'on purpose' }, olga.tenantId)).status).toBe(200)
  })

  test('is not opened by the reason of a member', async () => {
    const { ada, act, read } = await open()
    await act('suspend')
    expect((await read(ada.accessToken, { 'x-operator-reason': 'I want to' })).status).toBe(403)
  })

  test('is closed in another instance after it has read again', async () => {
    const { app, ada, act } = await open()
    const other = await testApp({ clock: app.clock, storage: app.storage, vault: app.vault })
    const readThere = () => other.call('GET', account, { token: ada.accessToken })
    expect((await readThere()).status).toBe(200)
    await act('suspend')
    app.clock.advance('16s')
    expect((await readThere()).status).toBe(403)
  })
})

describe('the life of a tenant', () => {
  test('goes only along its states, and once: 64 operators suspend it at the same time', async () => {
    const { act } = await open()
    for (const what of ['reactivate', 'erase'])
      expect(await act(what)).toMatchObject({ status: 409, body: { code: 'tenant/wrong-status' } })
    const answers = await Promise.all(Array.from({ length: 64 }, () => act('suspend')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(63)
    expect((await act('suspend', { reason: 'x' })).status).toBe(400)
    expect((await act('suspend', { reason: 'on purpose' }, 'ten_00000000000000000000000000')).status).toBe(
      404,
    )
  })

  test('ends: deprovisioned, erased with a report, and nobody signs in to it any more', async () => {
    const { app, olga, ada, act, read } = await open()
    expect((await act('deprovision')).body.status).toBe('deprovisioning')
    expect((await read()).status).toBe(403)
    await app.events()
    const { body } = await app.call<State>('GET', `${platform}/${ada.tenantId}`, { token: olga.accessToken })
    expect(body.status).toBe('deprovisioned')
    const report = await act('erase')
    expect(report.status).toBe(200)
    expect(report.body.erased).toMatchObject({ memberships: 1, sessions: 1, tenantSettings: 1 })
    expect((await act('erase')).status).toBe(404)
    expect((await app.refresh(ada.refreshToken)).status).toBe(401)
    expect((await app.signIn('ada@example.com')).status).toBe(403)
    expect((await read()).status).toBe(403)
    const trail = await app.storage.repositories.auth.auditLog.list(
      ada.tenantId as `ten_${string}`,
      {},
      {
        limit: 100,
        after: null,
      },
    )
    expect(JSON.stringify(trail)).toContain('tenant.account.erased')
  })

  test('begins with an operator, who invites the owner; it opens when they join', async () => {
    const { app, olga, read } = await open()
    const created = await app.call<State>('POST', platform, {
      token: olga.accessToken,
      body: { name: 'Zofie & Co', ownerEmail: 'zofie@example.com' },
    })
    expect(created).toMatchObject({ status: 201, body: { status: 'provisioning' } })
    const token = await tokenFor(app, 'zofie@example.com')
    expect(
      (await app.call('POST', `${invites}/accept`, { body: { token, password, acceptTerms: true } })).status,
    ).toBe(201)
    await app.events()
    const zofie = await app.signIn('zofie@example.com')
    expect((await read(zofie.body.accessToken)).body).toMatchObject({ name: 'Zofie & Co' })
  })

  test('is for operators alone, with a fresh sign-in', async () => {
    const { app, ada, act } = await open()
    for (const { endpoint, path } of app.stack.operations.filter(({ path }) => path.startsWith(platform)))
      expect(
        (await app.call(endpoint.method, path.replace('{id}', ada.tenantId), { token: ada.accessToken }))
          .status,
        path,
      ).toBe(403)
    app.clock.advance('20m')
    expect((await act('suspend')).status).toBe(401)
  })
})

test('features are what operators set, and flags what the tenant set; it cannot set a feature', async () => {
  const { app, olga, ada } = await open()
  const set = (features: object) =>
    app.call('PUT', `${platform}/${ada.tenantId}/features`, { token: olga.accessToken, body: { features } })
  const flags = (values: object) =>
    app.call('PUT', '/api/v1/tenants/settings', {
      token: ada.accessToken,
      body: { billingContacts: [], flags: values },
      headers: { 'if-match': '"1"' },
    })
  expect((await flags({ 'feature.sso': true })).status).toBe(400)
  expect((await flags({ beta: true })).status).toBe(200)
  expect((await set({ sso: true, seats: 5 })).status).toBe(200)
  expect((await set({ sso: null })).body).toEqual({ features: { seats: 5 } })
  expect((await app.call('GET', '/api/v1/features', { token: ada.accessToken })).body).toEqual({
    features: { seats: 5 },
    flags: { beta: true },
  })
})
