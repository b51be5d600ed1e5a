import type { CustomRole, Membership } from '@corbel/core/tenant'
import { describe, expect, test } from 'vitest'
import type { TestApp } from '../auth/support.fixture.ts'
import { invites, members, type Problem, team, tokenFor } from './team.fixture.ts'

const roles = '/api/v1/tenants/roles'
const support = { name: 'Support', scopes: ['members:read', 'tenant:read'] }
const staffing = { name: 'Staffing', scopes: ['members:manage', 'members:read', 'tenant:read'] }

async function workspace() {
  const { app, owner, join, invite, accept } = await team()
  const token = owner.accessToken
  const send = <T = CustomRole>(method: string, path: string, body?: object, by = token) =>
    app.call<T & Problem>(method, path, { token: by, ...(body && { body }) })
  const create = (body: object, by = token) => send('POST', roles, body, by)
  const give = (userId: string, body: object, by = token) =>
    send<Membership>('PATCH', `${members}/${userId}/role`, body, by)
  const signIn = async (email: string) => (await app.signIn(email, { tenantId: owner.tenantId })).body
  /** A member with a custom role, signed in with it. */
  async function withRole(email: string, role: object) {
    const { id } = (await create(role)).body
    const { userId } = await join(email, 'viewer')
    await give(userId, { roleId: id })
    await app.events()
    return { ...(await signIn(email)), userId, roleId: id }
  }
  return { app, owner, join, invite, accept, send, create, give, signIn, withRole }
}

const may = async (app: TestApp, token: string) => ({
  account: (await app.call('GET', '/api/v1/tenants/account', { token })).status,
  members: (await app.call('GET', members, { token })).status,
})

describe('a role that a tenant made', () => {
  test('is its permissions and no more', async () => {
    const { app, withRole, send, owner } = await workspace()
    const eve = await withRole('eve@example.com', { name: 'Reader', scopes: ['members:read'] })
    expect(eve.scopes).toEqual(['members:read'])
    expect((await app.call('GET', members, { token: eve.accessToken })).status).toBe(200)
    expect((await app.call('GET', '/api/v1/activity', { token: eve.accessToken })).status).toBe(403)
    const { body } = await send<{ data: readonly Membership[] }>('GET', members, undefined, owner.accessToken)
    expect(body.data.find(({ userId }) => userId === eve.userId)).toMatchObject({
      role: 'member',
      customRole: { id: eve.roleId, scopes: ['members:read'] },
    })
  })

  test('is read, renamed and removed', async () => {
    const { create, send } = await workspace()
    const made = await create(support)
    expect(made).toMatchObject({ status: 201, body: { ...support, base: 'member' } })
    const path = `${roles}/${made.body.id}`
    expect((await send('GET', path)).body).toEqual(made.body)
    expect(await send('PATCH', path, { name: 'Desk' })).toMatchObject({
      status: 200,
      body: { ...support, name: 'Desk' },
    })
    expect((await send<{ data: unknown[] }>('GET', roles)).body.data).toHaveLength(1)
    expect((await send('DELETE', path)).status).toBe(204)
    expect(await send('GET', path)).toMatchObject({ status: 404, body: { code: 'tenant/role-not-found' } })
    expect((await send('DELETE', path)).status).toBe(404)
  })

  test.each([
    [422, 'tenant/unknown-permission', { ...support, scopes: ['tenant:transfer'] }],
    [422, 'tenant/unknown-permission', { ...support, scopes: ['tenants:manage-all', 'tenant:read'] }],
    [400, 'http/invalid-request', { ...support, scopes: [] }],
    [400, 'http/invalid-request', { ...support, scopes: ['tenant:read', 'tenant:read'] }],
    [400, 'http/invalid-request', { ...support, name: ' ' }],
    [400, 'http/invalid-request', { ...support, base: 'owner' }],
  ])('is refused with %s %s for %o, and nothing changes', async (status, code, body) => {
    const { create, send } = await workspace()
    expect(await create(body)).toMatchObject({ status, body: { code } })
    expect((await send<{ data: unknown[] }>('GET', roles)).body.data).toEqual([])
  })

  test('has a name of its own', async () => {
    const { create } = await workspace()
    await create(support)
    expect(await create(support)).toMatchObject({ status: 409, body: { code: 'tenant/role-name-taken' } })
  })
})

describe('nobody gives more than they have', () => {
  test('neither by making a role, nor by widening, giving, inviting to or taking away one', async () => {
    const { app, owner, withRole, create, give, send, join } = await workspace()
    const eve = await withRole('eve@example.com', staffing)
    const wide = (await create({ name: 'Wide', scopes: ['webhooks:manage'] })).body.id
    const admin = await join('bob@example.com', 'admin')
    const viewer = await join('viewer@example.com', 'viewer')
    const by = eve.accessToken
    for (const answer of [
      await create({ name: 'More', scopes: ['webhooks:manage'] }, by),
      await send('PATCH', `${roles}/${eve.roleId}`, { scopes: [...staffing.scopes, 'webhooks:manage'] }, by),
      await send('PATCH', `${roles}/${wide}`, { scopes: ['tenant:read'] }, by),
      await send('DELETE', `${roles}/${wide}`, undefined, by),
      await give(viewer.userId, { roleId: wide }, by),
      await give(viewer.userId, { role: 'admin' }, by),
      await give(eve.userId, { role: 'admin' }, by),
      await give(admin.userId, { role: 'viewer' }, by),
      await give(owner.userId, { roleId: eve.roleId }, by),
      await send('DELETE', `${members}/${admin.userId}`, undefined, by),
      await send('POST', invites, { email: 'new@example.com', role: 'admin' }, by),
      await send('POST', invites, { email: 'new@example.com', roleId: wide }, by),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'tenant/role-not-yours' } })
    const reader = await withRole('reader@example.com', { name: 'Reader', scopes: ['members:read'] })
    expect((await give(reader.userId, { roleId: eve.roleId }, by)).status).toBe(200)
    expect((await app.me(admin.accessToken)).status).toBe(200)
  })

  test('an owner is not made less by a role while they are the last one', async () => {
    const { owner, create, give } = await workspace()
    const { id } = (await create(support)).body
    expect(await give(owner.userId, { roleId: id })).toMatchObject({
      status: 409,
      body: { code: 'tenant/last-owner' },
    })
  })

  test.each([{}, { role: 'viewer', roleId: 'rol_00000000000000000000000000' }])(
    '%o names no one role',
    async (body) => {
      const { give, join } = await workspace()
      const { userId } = await join('eve@example.com', 'viewer')
      expect((await give(userId, body)).status).toBe(400)
    },
  )
})

describe('when a role changes', () => {
  test('its members lose what it lost with their next access token, at the end of this one at the latest', async () => {
    const { app, send, withRole } = await workspace()
    const eve = await withRole('eve@example.com', support)
    expect(await may(app, eve.accessToken)).toEqual({ account: 200, members: 200 })
    await send('PATCH', `${roles}/${eve.roleId}`, { scopes: ['tenant:read'] })
    await app.events()
    const next = (await app.refresh(eve.refreshToken)).body
    expect(next.scopes).toEqual(['tenant:read'])
    expect(await may(app, next.accessToken)).toEqual({ account: 200, members: 403 })
    app.clock.advance(`${eve.expiresIn + 60}s`)
    expect((await app.me(eve.accessToken)).status).toBe(401)
  })

  test('their API keys follow at once', async () => {
    const { app, send, withRole } = await workspace()
    const eve = await withRole('eve@example.com', {
      ...support,
      scopes: [...support.scopes, 'api-keys:manage'],
    })
    const key = await app.call<{ key: string }>('POST', '/api/v1/auth/api-keys', {
      token: eve.accessToken,
      body: { name: 'ci', scopes: ['members:read', 'tenant:read'] },
    })
    const read = async (path: string) => (await app.call('GET', path, { token: key.body.key })).status
    expect(await read(members)).toBe(200)
    await send('PATCH', `${roles}/${eve.roleId}`, { scopes: ['tenant:read'] })
    expect(await read(members)).toBe(403)
  })

  test('somebody whose role is another one now is signed out', async () => {
    const { app, give, withRole } = await workspace()
    const eve = await withRole('eve@example.com', support)
    await give(eve.userId, { role: 'viewer' })
    await app.events()
    expect((await app.me(eve.accessToken)).status).toBe(401)
  })

  test('it stays while somebody has it', async () => {
    const { send, give, withRole } = await workspace()
    const eve = await withRole('eve@example.com', support)
    const path = `${roles}/${eve.roleId}`
    expect(await send('DELETE', path)).toMatchObject({ status: 409, body: { code: 'tenant/role-in-use' } })
    await give(eve.userId, { role: 'viewer' })
    expect((await send('DELETE', path)).status).toBe(204)
  })
})

test('an invitation gives the role as it is when it is accepted', async () => {
  const { app, send, create, accept, signIn } = await workspace()
  const { id } = (await create(support)).body
  const invited = await send('POST', invites, { email: 'eve@example.com', roleId: id })
  expect(invited).toMatchObject({ status: 201, body: { role: 'member', roleId: id } })
  const token = await tokenFor(app, 'eve@example.com')
  expect((await send('DELETE', `${roles}/${id}`)).body.code).toBe('tenant/role-in-use')
  await send('PATCH', `${roles}/${id}`, { scopes: ['tenant:read'] })
  expect((await accept(token)).body.membership).toMatchObject({
    role: 'viewer',
    customRole: { id, scopes: ['tenant:read'] },
  })
  expect((await signIn('eve@example.com')).scopes).toEqual(['tenant:read'])
})

test('a role of another tenant cannot be given', async () => {
  const { app, create, give, send, join } = await workspace()
  const other = await app.member('mallory@example.com')
  const { userId } = await join('eve@example.com', 'viewer')
  const foreign = (await create(support, other.accessToken)).body.id
  for (const answer of [
    await give(userId, { roleId: foreign }),
    await send('POST', invites, { email: 'new@example.com', roleId: foreign }),
    await send('PATCH', `${roles}/${foreign}`, { name: 'Mine' }),
  ])
    expect(answer).toMatchObject({ status: 404, body: { code: 'tenant/role-not-found' } })
})
