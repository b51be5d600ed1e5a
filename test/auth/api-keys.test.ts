import { describe, expect, it } from 'vitest'
import { account, machineApp } from './machines.fixture.ts'
import type { Answer, TestApp } from './support.fixture.ts'

const path = '/api/v1/auth/api-keys'

interface Key {
  readonly id: string
  readonly key: string
  readonly lastUsedAt: string | null
  readonly code?: string
}

const create = (app: TestApp, token: string, change: object = {}): Promise<Answer<Key>> =>
  app.call('POST', path, { token, body: { name: 'laptop', scopes: ['tenant:read'], ...change } })

const list = async (app: TestApp, token: string) =>
  (await app.call<{ data: readonly Key[] }>('GET', path, { token })).body.data

/** Another member of the tenant, with a role. */
async function colleague(app: TestApp, tenantId: string, role: 'member' | 'admin', email: string) {
  const { user } = (await app.register(email)).body
  const createdAt = app.clock.now().toISOString()
  const membership = { tenantId, userId: user.id, role, createdAt } as never
  await app.storage.repositories.tenant.memberships.insert(membership)
  return (await app.signIn(email, { tenantId })).body
}

describe('an API key', () => {
  it('is shown once, and works with its scopes and no others', async () => {
    const app = await machineApp()
    const { accessToken, tenantId } = await app.member()
    const made = await create(app, accessToken)
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(await account(app, made.body.key)).toMatchObject({ status: 200, body: { id: tenantId } })
    expect((await app.call('GET', '/api/v1/tenants/members', { token: made.body.key })).status).toBe(403)
    expect(JSON.stringify(await list(app, accessToken))).not.toContain(made.body.key.slice(-60))
  })

  it.each([
    ['a scope its maker lacks', { scopes: ['tenant:manage', 'chat:write'] }, 403],
    ['no scope', { scopes: [] }, 400],
    ['one scope twice', { scopes: ['tenant:read', 'tenant:read'] }, 400],
    ['a life of years', { expiresInDays: 366 }, 400],
    ['no name', { name: ' ' }, 400],
    ['a tenant', { tenantId: 'ten_1' }, 400],
  ])('with %s is not made', async (_, change, status) => {
    const app = await machineApp()
    const { accessToken } = await app.member()
    expect((await create(app, accessToken, change)).status).toBe(status)
    expect(await list(app, accessToken)).toEqual([])
  })

  it('needs a fresh sign-in to be made, and no key makes another', async () => {
    const app = await machineApp()
    const { accessToken } = await app.member()
    const { key } = (await create(app, accessToken, { scopes: ['api-keys:manage'] })).body
    expect(await create(app, key)).toMatchObject({ status: 403, body: { code: 'http/person-required' } })
    expect((await app.call('GET', path, { token: key })).status).toBe(403)
    app.clock.advance('11m')
    expect(await create(app, accessToken)).toMatchObject({ status: 401 })
  })

  it('ends at once when it is revoked, in this instance and in others', async () => {
    const app = await machineApp()
    const { accessToken } = await app.member()
    const { id, key } = (await create(app, accessToken)).body
    const { storage, clock, vault } = app
    const other = await machineApp({ storage, clock, vault })
    expect((await account(other, key)).status).toBe(200)
    expect((await app.call('DELETE', `${path}/${id}`, { token: accessToken })).status).toBe(204)
    expect((await account(app, key)).body.code).toBe('auth/invalid-api-key')
    expect((await account(other, key)).status).toBe(401)
    expect((await app.call('DELETE', `${path}/${id}`, { token: accessToken })).status).toBe(404)
  })

  it('ends at its time', async () => {
    const app = await machineApp()
    const { key } = (await create(app, (await app.member()).accessToken, { expiresInDays: 1 })).body
    app.clock.advance('86399s')
    expect((await account(app, key)).status).toBe(200)
    app.clock.advance('1s')
    expect((await account(app, key)).status).toBe(401)
  })

  it('of somebody else is seen and ended by administrators, not by members', async () => {
    const app = await machineApp()
    const owner = await app.member()
    const member = await colleague(app, owner.tenantId, 'member', 'bob@example.com')
    const mine = (await create(app, owner.accessToken)).body
    const theirs = (await create(app, member.accessToken)).body
    expect((await list(app, member.accessToken)).map(({ id }) => id)).toEqual([theirs.id])
    expect((await list(app, owner.accessToken)).map(({ id }) => id).toSorted()).toEqual(
      [mine.id, theirs.id].toSorted(),
    )
    const end = (id: string, token: string) => app.call('DELETE', `${path}/${id}`, { token })
    expect((await end(mine.id, member.accessToken)).status).toBe(404)
    expect((await end(theirs.id, owner.accessToken)).status).toBe(204)
    expect((await account(app, mine.key)).status).toBe(200)
    expect((await account(app, theirs.key)).status).toBe(401)
  })

  it('shows its last use to the hour', async () => {
    const app = await machineApp()
    const { accessToken } = await app.member()
    const { key } = (await create(app, accessToken)).body
    const used = async () => (await list(app, accessToken))[0]?.lastUsedAt ?? null
    expect(await used()).toBeNull()
    await account(app, key)
    const first = await used()
    expect(first).toBe(app.clock.now().toISOString())
    app.clock.advance('10m')
    await account(app, key)
    expect(await used()).toBe(first)
  })
})
