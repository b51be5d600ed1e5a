import { describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../auth/support.fixture.ts'

interface Tenant {
  readonly id: string
  readonly slug: string
  readonly name: string
}

const account = '/api/v1/tenants/account'
const settings = '/api/v1/tenants/settings'

async function open() {
  const app = await testApp()
  const { accessToken: token } = await app.member('ada@example.com')
  return { app, token }
}

const rename = (app: TestApp, token: string, name: unknown) =>
  app.call<Tenant>('PATCH', account, { token, body: { name } })

describe('the account of a tenant', () => {
  test('is renamed by its owner; id and slug stay', async () => {
    const { app, token } = await open()
    const { body: before } = await app.call<Tenant>('GET', account, { token })
    const { status, body } = await rename(app, token, '  Analytical Engines ')
    expect(status).toBe(200)
    expect(body).toEqual({ ...before, name: 'Analytical Engines' })
    expect((await app.call<Tenant>('GET', account, { token })).body).toEqual(body)
    expect((await app.events()).map(({ type }) => type)).toContain('tenant.account.renamed')
  })

  test.each([[''], ['x'], ['x'.repeat(129)], ['a\0b'], ['\ud800x'], [null], [7]])(
    'refuses the name %j',
    async (name) => {
      const { app, token } = await open()
      expect((await rename(app, token, name)).status).toBe(400)
    },
  )

  test('belongs to one tenant: two owners see their own', async () => {
    const { app, token } = await open()
    const { accessToken: other } = await app.member('eve@example.com')
    await rename(app, token, 'Ada & Co')
    expect((await app.call<Tenant>('GET', account, { token: other })).body.name).toBe('Acme')
  })
})

describe('the settings of a tenant', () => {
  const values = { billingContacts: [{ name: 'Ada', email: 'ADA@example.com' }], flags: { beta: true } }
  const replace = (app: TestApp, token: string, ifMatch?: string) =>
    app.call<{ readonly version: number; readonly code?: string }>('PUT', settings, {
      token,
      body: values,
      ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
    })

  test('carry their version as ETag, and are not sent again unchanged', async () => {
    const { app, token } = await open()
    const first = await app.call('GET', settings, { token })
    expect(first.headers.get('etag')).toBe('"1"')
    expect((await app.call('GET', settings, { token, headers: { 'if-none-match': '"1"' } })).status).toBe(304)
  })

  test('are replaced under If-Match: 428 without it, 412 when stale, and one of 64 concurrent writers wins', async () => {
    const { app, token } = await open()
    expect((await replace(app, token)).body).toMatchObject({
      code: 'http/precondition-required',
      status: 428,
    })
    const answers = await Promise.all(Array.from({ length: 64 }, () => replace(app, token, '"1"')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(
      answers.filter(({ status, body }) => status === 412 && body.code === 'tenant/settings-stale'),
    ).toHaveLength(63)
    const { body, headers } = await app.call('GET', settings, { token })
    expect(body).toEqual({
      version: 2,
      flags: { beta: true },
      billingContacts: [{ name: 'Ada', email: 'ada@example.com' }],
    })
    expect(headers.get('etag')).toBe('"2"')
  })
})

describe('the members of a tenant', () => {
  test("are listed page by page, and only those of one's own tenant", async () => {
    const { app, token } = await open()
    await app.member('eve@example.com')
    const { body } = await app.call<{
      readonly data: readonly { readonly role: string }[]
      readonly nextCursor: null
    }>('GET', '/api/v1/tenants/members?limit=1', { token })
    expect(body.data.map(({ role }) => role)).toEqual(['owner'])
    expect(body.nextCursor).toBe(null)
  })
})
