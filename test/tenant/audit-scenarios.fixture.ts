import { type Answer, password, type TestApp } from '../auth/support.fixture.ts'

type Scenario = (app: TestApp, path: string) => Promise<Answer>

const invites = '/api/v1/tenants/invites'
const roles = '/api/v1/tenants/roles'
const readers = { name: 'Readers', scopes: ['tenant:read'] }
const reason = { reason: 'on purpose' }

async function invited(app: TestApp, email = 'bob@example.com') {
  const owner = await app.member()
  const body = { email, role: 'member' }
  const { id } = (await app.call<{ id: string }>('POST', invites, { token: owner.accessToken, body })).body
  await app.events()
  const token = app.mailer.sent.findLast(({ to, code }) => to === email && code?.startsWith('cti_'))?.code
  return { owner, id, token }
}

const ofInvitation =
  (method: string): Scenario =>
  async (app, path) => {
    const { owner, id } = await invited(app)
    return app.call(method, path.replace('{id}', id), { token: owner.accessToken })
  }

async function accept(app: TestApp, token: string | undefined) {
  const body = { token, password, acceptTerms: true }
  return app.call<{ user: { id: string } }>('POST', `${invites}/accept`, { body })
}

const ofMember =
  (method: string, toBody?: (userId: string) => object): Scenario =>
  async (app, path) => {
    const { owner, token } = await invited(app)
    const userId = (await accept(app, token)).body.user.id
    const body = toBody?.(userId)
    return app.call(method, path.replace('{userId}', userId), { token: owner.accessToken, body })
  }

const ofRole =
  (method: string, body?: object): Scenario =>
  async (app, path) => {
    const { accessToken: token } = await app.member()
    const { id } = (await app.call<{ id: string }>('POST', roles, { token, body: readers })).body
    return app.call(method, path.replace('{id}', id), { token, body })
  }

/** @param steps - What was done to the tenant before. */
const byOperator =
  (method: string, body: object = reason, steps: readonly string[] = []): Scenario =>
  async (app, path) => {
    await app.stack.auth.users.createOperator({ email: 'ops@example.com', password, tenantName: 'Platform' })
    const { accessToken: token } = (await app.signIn('ops@example.com')).body
    const { tenantId } = await app.member()
    for (const step of steps) {
      await app.call('POST', `/api/v1/platform/tenants/${tenantId}/${step}`, { token, body: reason })
      await app.events()
    }
    return app.call(method, path.replace('{id}', tenantId), { token, body })
  }

const one = '/api/v1/platform/tenants/{id}'

/** By endpoint: a call that changes something, and the answer to it. */
export const teamScenarios: Readonly<Record<string, Scenario>> = {
  'POST /api/v1/tenants/members': async (app, path) => {
    const { accessToken: token } = await app.member()
    const { body } = await app.register('bob@example.com')
    return app.call('POST', path, { token, body: { userId: body.user.id, role: 'member' } })
  },
  'PATCH /api/v1/tenants/members/{userId}/role': ofMember('PATCH', () => ({ role: 'admin' })),
  'DELETE /api/v1/tenants/members/{userId}': ofMember('DELETE'),
  'POST /api/v1/tenants/ownership-transfer': ofMember('POST', (userId) => ({ userId })),
  [`POST ${roles}`]: async (app, path) => {
    const { accessToken: token } = await app.member()
    return app.call('POST', path, { token, body: readers })
  },
  [`PATCH ${roles}/{id}`]: ofRole('PATCH', { name: 'Renamed' }),
  [`DELETE ${roles}/{id}`]: ofRole('DELETE'),
  [`POST ${invites}`]: async (app, path) => {
    const { accessToken: token } = await app.member()
    return app.call('POST', path, { token, body: { email: 'bob@example.com', role: 'member' } })
  },
  [`POST ${invites}/{id}/resend`]: ofInvitation('POST'),
  [`POST ${invites}/{id}/revoke`]: ofInvitation('POST'),
  [`POST ${invites}/accept`]: async (app) => accept(app, (await invited(app)).token),
  [`POST ${invites}/accept/current`]: async (app, path) => {
    const bob = await app.member('bob@example.com')
    const { token } = await invited(app)
    return app.call('POST', path, { token: bob.accessToken, body: { token } })
  },
  'POST /api/v1/platform/tenants': byOperator('POST', { name: 'New', ownerEmail: 'bob@example.com' }),
  [`PATCH ${one}`]: byOperator('PATCH', { name: 'Renamed' }),
  [`POST ${one}/suspend`]: byOperator('POST'),
  [`POST ${one}/reactivate`]: byOperator('POST', reason, ['suspend']),
  [`POST ${one}/deprovision`]: byOperator('POST'),
  [`POST ${one}/erase`]: byOperator('POST', reason, ['deprovision']),
  'POST /api/v1/platform/deliveries/{id}/redeliver': async (app, path) => {
    await app.stack.auth.users.createOperator({ email: 'ops@example.com', password, tenantName: 'Platform' })
    const { accessToken: token } = (await app.signIn('ops@example.com')).body
    await app.register('bob@example.com')
    await app.events()
    const log = await app.call<{ data: readonly { id: string }[] }>('GET', '/api/v1/platform/deliveries', {
      token,
    })
    return app.call('POST', path.replace('{id}', log.body.data[0]?.id ?? ''), { token })
  },
  [`PUT ${one}/features`]: byOperator('PUT', { features: { sso: true } }),
}
