import { type Id, newId } from '../../kernel/id.ts'
import { race, racers, type Suite, winners } from '../../ports/suite.ts'
import type { Membership } from '../memberships/membership.ts'
import { TenantErrors } from '../tenant-errors.ts'
import type { RoleRecord } from './role-repository.ts'
import { awkwardText, createdAt, storedTenant, type TenantStorage } from './samples.conformance.ts'

const sampleRole = (tenantId: Id<'ten'>, change: Partial<RoleRecord> = {}): RoleRecord => ({
  id: newId('rol'),
  tenantId,
  name: 'Support',
  scopes: ['members:read', 'tenant:read'],
  base: 'member',
  version: 1,
  createdAt: new Date(createdAt),
  ...change,
})

/** The law of `RoleRepository`. `fresh` gives an empty storage for each test. */
export function roleRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { roles, memberships, invitations } = storage.repositories.tenant
    const [tenantId, other] = [await storedTenant(storage), await storedTenant(storage)]
    const role = sampleRole(tenantId)
    await roles.insert(role)
    const customRole = { id: role.id, scopes: role.scopes }
    const withRole = (): Membership => ({
      tenantId,
      userId: newId('usr'),
      role: role.base,
      customRole,
      createdAt,
    })
    const replace = (next: RoleRecord) =>
      storage.transaction(({ repositories }) => repositories.tenant.roles.replace(next))
    /** A pending invitation that gives the role. */
    async function invited() {
      const id = newId('inv')
      const now = new Date(createdAt)
      await invitations.insert(
        {
          id,
          tenantId,
          email: 'ada@example.com',
          role: role.base,
          roleId: role.id,
          status: 'pending',
          generation: 1,
          createdBy: null,
          createdAt: now,
          acceptedBy: null,
          expiresAt: new Date('2026-03-04T12:00:00.000Z'),
        },
        'digest',
      )
      return id
    }
    return { storage, roles, memberships, invitations, tenantId, other, role, withRole, replace, invited }
  }

  test('a role is found, held and listed as it was stored, by its tenant only', async () => {
    const { roles, tenantId, other, role } = await open()
    const odd = sampleRole(tenantId, { id: 'rol_00000000000000000000000000', name: awkwardText })
    await roles.insert(odd)
    await roles.insert(sampleRole(other))
    expect(await roles.find(tenantId, role.id)).toEqual(role)
    expect(await roles.hold(tenantId, role.id)).toEqual(role)
    expect(await roles.list(tenantId)).toEqual([odd, role])
    expect(await roles.find(other, role.id)).toBe(null)
    expect(await roles.hold(other, role.id)).toBe(null)
    expect(await roles.hold(tenantId, newId('rol'))).toBe(null)
  })

  test('of concurrent callers with one name in a tenant, one succeeds', async () => {
    const { roles, tenantId } = await open()
    const results = await race(() => roles.insert(sampleRole(tenantId, { name: 'Raced' })))
    expect(winners(results)).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: TenantErrors.roleNameTaken.code })
    expect(await roles.list(tenantId)).toHaveLength(2)
  })

  test('replace changes the role and every member who has it, and of concurrent callers with one version one gets true', async () => {
    const { roles, memberships, tenantId, other, role, withRole, replace } = await open()
    const [member, plain] = [
      withRole(),
      { tenantId, userId: newId('usr'), role: 'member', createdAt } as const,
    ]
    await memberships.insert(member)
    await memberships.insert(plain)
    const next = { ...role, name: 'Desk', scopes: ['tenant:read'], base: 'viewer' } as const
    expect(await replace({ ...next, tenantId: other })).toBe(false)
    const answers = winners(await race(() => replace(next)))
    expect(answers).toHaveLength(racers)
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect(await roles.find(tenantId, role.id)).toEqual({ ...next, version: 2 })
    expect(await memberships.find(tenantId, member.userId)).toEqual({
      ...member,
      role: 'viewer',
      customRole: { id: role.id, scopes: ['tenant:read'] },
    })
    expect(await memberships.find(tenantId, plain.userId)).toEqual(plain)
  })

  test('a role is not renamed to the name of another, and nothing changes', async () => {
    const { roles, tenantId, role, replace } = await open()
    await roles.insert(sampleRole(tenantId, { name: 'Taken' }))
    const refused = replace({ ...role, name: 'Taken', scopes: [] })
    await expect(refused).rejects.toMatchObject({ code: TenantErrors.roleNameTaken.code })
    expect(await roles.find(tenantId, role.id)).toEqual(role)
  })

  test('whoever is given a role while it changes has what it has in the end', async () => {
    const { storage, memberships, tenantId, role } = await open()
    const results = await race((racer) =>
      storage.transaction(async ({ repositories: { tenant: bound } }) => {
        // Once: a later change would put right what an earlier one missed.
        if (racer === 2) {
          const now = await bound.roles.find(tenantId, role.id)
          if (now) await bound.roles.replace({ ...now, scopes: [`step:${racer}`] })
          return
        }
        const held = await bound.roles.hold(tenantId, role.id)
        // Time for somebody else to change it.
        await bound.roles.list(tenantId)
        await bound.roles.list(tenantId)
        if (!held) throw new Error('The role is there.')
        const customRole = { id: held.id, scopes: held.scopes }
        await bound.memberships.insert({
          tenantId,
          userId: newId('usr'),
          role: held.base,
          customRole,
          createdAt,
        })
      }),
    )
    expect(winners(results)).toHaveLength(racers)
    const { scopes } = (await storage.repositories.tenant.roles.find(tenantId, role.id)) ?? role
    const members = await memberships.listOfTenant(tenantId, { limit: 100, after: null })
    expect(members).toHaveLength(racers - 1)
    for (const { customRole } of members) expect(customRole).toEqual({ id: role.id, scopes })
  })

  test('of concurrent callers one removes a role', async () => {
    const { roles, tenantId, other, role } = await open()
    expect(await roles.remove(other, role.id)).toBe(false)
    const removed = winners(await race(() => roles.remove(tenantId, role.id)))
    expect(removed).toHaveLength(racers)
    expect(removed.filter(Boolean)).toHaveLength(1)
    expect(await roles.find(tenantId, role.id)).toBe(null)
  })

  test('a role that a member has stays', async () => {
    const { roles, memberships, tenantId, role, withRole } = await open()
    const member = withRole()
    await memberships.insert(member)
    const code = { code: TenantErrors.roleInUse.code }
    await expect(roles.remove(tenantId, role.id)).rejects.toMatchObject(code)
    expect(await memberships.changeRole(tenantId, member.userId, 'viewer')).toEqual({
      tenantId,
      userId: member.userId,
      role: 'viewer',
      createdAt,
    })
    expect(await roles.remove(tenantId, role.id)).toBe(true)
  })

  test('a role that a pending invitation gives stays, until that has ended', async () => {
    const { roles, invitations, tenantId, role, invited } = await open()
    const id = await invited()
    const code = { code: TenantErrors.roleInUse.code }
    await expect(roles.remove(tenantId, role.id)).rejects.toMatchObject(code)
    expect(await invitations.find(tenantId, id)).toMatchObject({ roleId: role.id })
    await invitations.revoke(tenantId, id)
    expect(await roles.remove(tenantId, role.id)).toBe(true)
  })

  test('a role is given or removed, never both', async () => {
    const { storage, roles, memberships, tenantId, role, withRole } = await open()
    const results = await race((racer) =>
      storage.transaction(async ({ repositories: { tenant: bound } }) => {
        if (racer % 2 === 0) return bound.roles.remove(tenantId, role.id)
        const held = await bound.roles.hold(tenantId, role.id)
        if (held) await bound.memberships.insert(withRole())
        return false
      }),
    )
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: TenantErrors.roleInUse.code })
    const members = await memberships.listOfTenant(tenantId, { limit: 100, after: null })
    expect((await roles.find(tenantId, role.id)) === null).toBe(members.length === 0)
  })

  test('an owner has no custom role, whoever made them one', async () => {
    const { memberships, tenantId, withRole } = await open()
    const [owner, member] = [{ ...withRole(), role: 'owner', customRole: undefined } as const, withRole()]
    await memberships.insert(owner)
    await memberships.insert(member)
    const made = await memberships.transferOwnership(tenantId, owner.userId, member.userId)
    expect(made).toEqual({ tenantId, userId: member.userId, role: 'owner', createdAt })
    expect(await memberships.find(tenantId, member.userId)).toEqual(made)
  })
}
