import { memoryStorage } from '@corbel/adapters/memory'
import { localStripe } from '@corbel/adapters/local-stripe'
import { auth } from '@corbel/auth'
import { applyCatalog, billing, defaultPlans } from '@corbel/billing'
import { createStack, fromEnv, Secret } from '@corbel/core'
import { manualClock, memoryMailer, silentLogger } from '@corbel/core/ports'
import { tenant } from '@corbel/core/tenant'
import { expect, test } from 'vitest'
import { cheapHasher } from '../auth/cheap-hasher.fixture.ts'
import { password, peppers } from '../auth/support.fixture.ts'
import { origin } from './billing.fixture.ts'

interface Body {
  readonly code?: string
  readonly [key: string]: unknown
}

async function open() {
  const clock = manualClock(new Date('2026-01-01T06:00:00Z'))
  const local = await localStripe({ webhookSecret: new Secret('whsec_local'), clock })
  await applyCatalog(defaultPlans, local.gateway.catalog)
  const stack = createStack({
    modules: [tenant(), auth({ passwords: cheapHasher }), billing({ gateway: local.gateway })],
    storage: memoryStorage({ clock }),
    clock,
    mailer: memoryMailer(),
    logger: silentLogger,
    settings: fromEnv(peppers),
  })
  async function send(method: string, path: string, token?: string, body?: unknown) {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await stack.fetch(new Request(`${origin}${path}`, init), { remoteAddress: '192.0.2.1' })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body }
  }
  async function member(email: string) {
    const account = { email, password, tenantName: 'Acme', acceptTerms: true }
    await send('POST', '/api/v1/auth/register', undefined, account)
    const { body } = await send('POST', '/api/v1/auth/token', undefined, { email, password })
    return { token: String(body['accessToken']), tenantId: String(body['tenantId']) }
  }
  const nouns =
    /\{tenantId\}\/(?:subscription|checkout|portal|payment-methods|invoices|upcoming-invoice|entitlements|events)/
  const routes = stack.operations.filter(({ path }) => nouns.test(path))
  return { send, member, clock, routes, local }
}

const start = { planCode: 'starter' }
const bodies: Readonly<Record<string, unknown>> = {
  'POST subscription': start,
  'PATCH subscription': { seats: 2 },
  'POST subscription/plan': { planCode: 'pro' },
  'POST subscription/preview': { planCode: 'pro' },
  'POST subscription/cancel': {},
  'POST checkout': start,
  'POST portal': {},
}

test('every route of a tenant answers 404 to another tenant, 401 to nobody, and the gateway hears nothing', async () => {
  const { send, member, routes, local } = await open()
  const ada = await member('ada@example.com')
  const eve = await member('eve@example.com')
  const before = (await local.events()).length
  expect(routes.length).toBeGreaterThanOrEqual(18)
  for (const { endpoint, path } of routes) {
    const [, rest = ''] = path.split('{tenantId}/')
    const concrete = path.replace('{tenantId}', ada.tenantId).replaceAll(/\{\w+\}/g, 'pm_1')
    const body = bodies[`${endpoint.method} ${rest}`]
    const name = `${endpoint.method} ${path}`
    expect((await send(endpoint.method, concrete, undefined, body)).status, name).toBe(401)
    expect((await send(endpoint.method, concrete, eve.token, body)).status, name).toBe(404)
  }
  expect((await local.events()).length).toBe(before)
})

test('a tenant subscribes, changes, cancels and resumes over HTTP', async () => {
  const { send, member, local } = await open()
  const { token, tenantId } = await member('ada@example.com')
  const at = `/api/v1/billing/tenants/${tenantId}`
  expect((await send('GET', '/api/v1/billing/plans')).body['data']).toMatchObject([
    { code: 'starter' },
    { code: 'pro' },
  ])
  expect((await send('GET', `${at}/subscription`, token)).body.code).toBe('billing/no-subscription')
  expect(await send('POST', `${at}/subscription`, token, start)).toMatchObject({
    status: 201,
    body: { planCode: 'starter', status: 'trialing', access: 'full' },
  })
  expect(await send('POST', `${at}/subscription`, token, start)).toMatchObject({ status: 409 })
  expect(await send('GET', `${at}/entitlements`, token)).toMatchObject({
    status: 200,
    body: {
      planCode: 'starter',
      access: 'full',
      until: '2026-01-15T06:00:00.000Z',
      entitlements: { 'agent-messages': { limit: 1000 }, 'audit-export': false },
    },
  })
  expect(await send('PATCH', `${at}/subscription`, token, { seats: 3 })).toMatchObject({
    status: 200,
    body: { seats: 3 },
  })
  expect(await send('POST', `${at}/upcoming-invoice`, token)).toMatchObject({
    status: 200,
    body: { currency: 'usd', previewToken: null },
  })
  expect(await send('POST', `${at}/subscription/plan`, token, { planCode: 'none' })).toMatchObject({
    status: 422,
    body: { code: 'billing/plan-unknown' },
  })
  const { body } = await send('POST', `${at}/subscription/cancel`, token, {})
  expect(body['cancelAt']).toBe(body['trialEnd'])
  expect((await send('POST', `${at}/subscription/resume`, token)).body['cancelAt']).toBe(null)
  expect(await send('POST', `${at}/portal`, token, { returnPath: '//evil.example' })).toMatchObject({
    status: 400,
  })
  const { status, body: intent } = await send('POST', `${at}/payment-methods/setup-intent`, token)
  expect([status, typeof intent['clientSecret']]).toEqual([201, 'string'])
  expect((await local.events()).filter(({ type }) => type === 'customer.created')).toHaveLength(1)
})

test('what moves money needs a fresh authentication', async () => {
  const { send, member, clock } = await open()
  const { token, tenantId } = await member('ada@example.com')
  clock.advance('16m')
  const again = await send('POST', `/api/v1/billing/tenants/${tenantId}/subscription`, token, start)
  expect(again.status).toBe(401)
})
