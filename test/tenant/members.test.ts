import type { Membership } from '@corbel/core/tenant'
import { describe, expect, test } from 'vitest'
import type { TestApp } from '../auth/support.fixture.ts'
import { members, type Problem, team } from './team.fixture.ts'

const changeRole = (app: TestApp, token: string, userId: string, role: string) =>
  app.call<Membership & Problem>('PATCH', `${members}/${userId}/role`, { token, body: { role } })
const remove = (app: TestApp, token: string, userId: string) =>
  app.call<Problem>('DELETE', `${members}/${userId}`, { token })
const rolesOf = async (app: TestApp, token: string) =>
  (await app.call<{ readonly data: readonly Membership[] }>('GET', members, { token })).body.data
    .map(({ role }) => role)
    .toSorted()

describe('roles', () => {
  test('an admin manages up to admins, and leaves owners alone', async () => {
    const { app, owner, join } = await team()
    const admin = await join('bob@example.com', 'admin')
    const member = await join('eve@example.com', 'member')
    expect((await changeRole(app, admin.accessToken, member.userId, 'admin')).body).toMatchObject({
      role: 'admin',
    })
    for (const answer of [
      await changeRole(app, admin.accessToken, member.userId, 'owner'),
      await changeRole(app, admin.accessToken, owner.userId, 'member'),
      await remove(app, admin.accessToken, owner.userId),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'tenant/role-not-yours' } })
    expect(await rolesOf(app, owner.accessToken)).toEqual(['admin', 'admin', 'owner'])
  })

  test('a member may manage nobody, and a stale sign-in does not do', async () => {
    const { app, owner, join } = await team()
    const member = await join('eve@example.com', 'member')
    expect((await remove(app, member.accessToken, owner.userId)).status).toBe(403)
    app.clock.advance('16m')
    const { body } = await app.refresh(owner.refreshToken)
    expect(await remove(app, body.accessToken, member.userId)).toMatchObject({
      status: 401,
      body: { code: 'http/assurance-required' },
    })
  })

  test('what a token says of a role that was taken away counts no more, even before its session ends', async () => {
    const { app, owner, join } = await team()
    const admin = await join('bob@example.com', 'admin')
    const member = await join('eve@example.com', 'member')
    await changeRole(app, owner.accessToken, admin.userId, 'member')
    // Nothing was delivered yet: the access token still works.
    expect(await remove(app, admin.accessToken, owner.userId)).toMatchObject({ status: 403 })
    expect((await changeRole(app, admin.accessToken, member.userId, 'admin')).status).toBe(403)
  })

  test.each([
    ['a new role', (app: TestApp, token: string, id: string) => changeRole(app, token, id, 'viewer')],
    ['a removal', remove],
  ])('%s ends the sessions of the member in the tenant, access tokens included', async (_, act) => {
    const { app, owner, join } = await team()
    const member = await join('eve@example.com', 'member')
    expect((await act(app, owner.accessToken, member.userId)).status).toBeLessThan(300)
    await app.events()
    expect((await app.me(member.accessToken)).status).toBe(401)
    expect((await app.refresh(member.refreshToken)).status).toBe(401)
    expect((await app.me(owner.accessToken)).status).toBe(200)
  })

  test('whoever was removed cannot sign in to the tenant again', async () => {
    const { app, owner, join } = await team()
    const { userId } = await join('eve@example.com', 'member')
    await remove(app, owner.accessToken, userId)
    expect((await app.signIn('eve@example.com', { tenantId: owner.tenantId })).status).toBe(403)
  })
})

describe('owners', () => {
  test('the last one can neither go nor become less', async () => {
    const { app, owner } = await team()
    for (const answer of [
      await changeRole(app, owner.accessToken, owner.userId, 'admin'),
      await remove(app, owner.accessToken, owner.userId),
    ])
      expect(answer).toMatchObject({ status: 409, body: { code: 'tenant/last-owner' } })
  })

  test('two who demote each other, 64 times at once, leave one', async () => {
    const { app, owner, join } = await team()
    const other = await join('bob@example.com', 'owner')
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, racer) =>
        racer % 2 === 0
          ? changeRole(app, owner.accessToken, other.userId, 'member')
          : changeRole(app, other.accessToken, owner.userId, 'member'),
      ),
    )
    for (const { status } of answers) expect([200, 403, 409]).toContain(status)
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    expect(await rolesOf(app, owner.accessToken)).toEqual(['member', 'owner'])
  })

  test('one hands the ownership over and stays as an admin; only an owner can', async () => {
    const { app, owner, join } = await team()
    const bob = await join('bob@example.com', 'admin')
    const transfer = (token: string, userId: string) =>
      app.call<Problem>('POST', '/api/v1/tenants/ownership-transfer', { token, body: { userId } })
    expect((await transfer(bob.accessToken, bob.userId)).body.code).toBe('http/missing-scope')
    expect((await transfer(owner.accessToken, 'usr_00000000000000000000000000')).status).toBe(404)
    expect(await transfer(owner.accessToken, bob.userId)).toMatchObject({
      status: 200,
      body: { userId: bob.userId, role: 'owner' },
    })
    await app.events()
    for (const { accessToken } of [owner, bob]) expect((await app.me(accessToken)).status).toBe(401)
    const { body } = await app.signIn('ada@example.com')
    expect(await rolesOf(app, body.accessToken)).toEqual(['admin', 'owner'])
  })
})

describe('adding by id', () => {
  test('takes a user of the platform once, up to the own role', async () => {
    const { app, owner } = await team()
    const eve = await app.member('eve@example.com')
    const { userId } = (await app.me(eve.accessToken)).body as { userId: string }
    const add = (role: string, id = userId) =>
      app.call<Problem>('POST', members, { token: owner.accessToken, body: { userId: id, role } })
    expect((await add('member', 'usr_00000000000000000000000000')).body.code).toBe('auth/user-not-found')
    expect((await add('viewer')).status).toBe(201)
    expect(await add('admin')).toMatchObject({ status: 409, body: { code: 'tenant/already-member' } })
    const signedIn = await app.signIn('eve@example.com', { tenantId: owner.tenantId })
    expect((await app.me(signedIn.body.accessToken)).body).toMatchObject({ role: 'viewer' })
  })
})
