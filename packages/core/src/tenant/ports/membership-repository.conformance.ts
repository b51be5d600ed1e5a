import { type Id, newId } from '../../kernel/id.ts'
import { race, type Suite, winners } from '../../ports/suite.ts'
import { type Membership, roles } from '../memberships/membership.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { createdAt, storedTenant, type TenantStorage } from './samples.conformance.ts'

const everybody = { limit: 100, after: null }

const sample = (tenantId: Id<'ten'>, change: Partial<Membership> = {}): Membership => ({
  tenantId,
  userId: newId('usr'),
  role: 'member',
  createdAt,
  ...change,
})

/** The law of `MembershipRepository`. `fresh` gives an empty storage for each test. */
export function membershipRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<TenantStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { memberships } = storage.repositories.tenant
    return { storage, memberships, newTenant: () => storedTenant(storage) }
  }

  test('every role is kept', async () => {
    const { memberships, newTenant } = await open()
    const tenantId = await newTenant()
    for (const role of roles) {
      const membership = sample(tenantId, { role })
      await memberships.insert(membership)
      const stored = await memberships.listOfTenant(tenantId, everybody)
      expect(stored.find(({ userId }) => userId === membership.userId)).toEqual(membership)
    }
  })

  test('a user joins a tenant once, whatever the role', async () => {
    const { memberships, newTenant } = await open()
    const tenantId = await newTenant()
    const membership = sample(tenantId)
    await memberships.insert(membership)
    const again = memberships.insert({ ...membership, role: 'owner' })
    await expect(again).rejects.toMatchObject({ code: TenantErrors.alreadyMember.code })
    expect(await memberships.listOfTenant(tenantId, everybody)).toEqual([membership])
  })

  test('a user may join several tenants', async () => {
    const { memberships, newTenant } = await open()
    const userId = newId('usr')
    const [one, other] = [await newTenant(), await newTenant()]
    await memberships.insert(sample(one, { userId }))
    await memberships.insert(sample(other, { userId, role: 'viewer' }))
    expect(await memberships.listOfTenant(other, everybody)).toMatchObject([{ userId, role: 'viewer' }])
  })

  test('of concurrent callers for one user, one succeeds', async () => {
    const { memberships, newTenant } = await open()
    const tenantId = await newTenant()
    const userId = newId('usr')
    const results = await race((racer) =>
      memberships.insert(sample(tenantId, { userId, role: racer % 2 === 0 ? 'member' : 'admin' })),
    )
    expect(winners(results)).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: TenantErrors.alreadyMember.code })
    }
    expect(await memberships.listOfTenant(tenantId, everybody)).toHaveLength(1)
  })

  test('of a tenant’s owners who leave at the same time, one finds themselves the last', async () => {
    const { storage, memberships, newTenant } = await open()
    const [tenantId, other] = [await newTenant(), await newTenant()]
    const owners = Array.from({ length: 8 }, () => sample(tenantId, { role: 'owner' }))
    for (const owner of owners) await memberships.insert(owner)
    const [first] = owners
    if (!first) throw new Error('There are eight.')
    await memberships.insert(sample(other, { userId: first.userId }))
    expect((await memberships.listOfUser(first.userId)).map((row) => row.tenantId)).toEqual(
      [tenantId, other].toSorted((a, b) => (a < b ? -1 : 1)),
    )
    expect(await memberships.listSoleOwned(first.userId)).toEqual([])
    const results = await Promise.all(
      owners.map(({ userId }) =>
        storage.transaction(async ({ repositories }) => {
          const bound = repositories.tenant.memberships
          const sole = await bound.listSoleOwned(userId)
          if (sole.length === 0) await bound.removeUser(userId)
          return sole
        }),
      ),
    )
    expect(results.filter((sole) => sole.length > 0)).toEqual([[tenantId]])
    const left = await memberships.listOfTenant(tenantId, everybody)
    expect(left).toHaveLength(1)
  })

  test('members of another tenant are not listed', async () => {
    const { memberships, newTenant } = await open()
    const [mine, foreign] = [await newTenant(), await newTenant()]
    await memberships.insert(sample(foreign))
    expect(await memberships.listOfTenant(mine, everybody)).toEqual([])
  })

  test('members come by ascending user id, in pages with one row more when there is one', async () => {
    const { memberships, newTenant } = await open()
    const [tenantId, foreign] = [await newTenant(), await newTenant()]
    const ids = Array.from({ length: 5 }, () => newId('usr'))
    for (const userId of ids) await memberships.insert(sample(tenantId, { userId }))
    for (let i = 0; i < 5; i++) await memberships.insert(sample(foreign))
    const sorted = ids.toSorted((a, b) => (a < b ? -1 : 1))
    const page = async (limit: number, after: string | null) =>
      (await memberships.listOfTenant(tenantId, { limit, after })).map(({ userId }) => userId)
    expect(await page(2, null)).toEqual(sorted.slice(0, 3))
    expect(await page(2, sorted[1] ?? null)).toEqual(sorted.slice(2, 5))
    expect(await page(2, sorted[3] ?? null)).toEqual(sorted.slice(4))
    expect(await page(2, sorted[4] ?? null)).toEqual([])
  })

  const ownersOf = (members: readonly Membership[]) => members.filter(({ role }) => role === 'owner')

  test('a membership is found, in its tenant only', async () => {
    const { memberships, newTenant } = await open()
    const [mine, foreign] = [await newTenant(), await newTenant()]
    const membership = sample(mine)
    await memberships.insert(membership)
    expect(await memberships.find(mine, membership.userId)).toEqual(membership)
    expect(await memberships.find(foreign, membership.userId)).toBe(null)
    expect(await memberships.find(mine, newId('usr'))).toBe(null)
  })

  test('a role is changed, of one member of one tenant', async () => {
    const { memberships, newTenant } = await open()
    const [mine, foreign] = [await newTenant(), await newTenant()]
    const membership = sample(mine)
    const { userId } = membership
    await memberships.insert(membership)
    await memberships.insert(sample(foreign, { userId }))
    expect(await memberships.changeRole(mine, userId, 'admin')).toEqual({ ...membership, role: 'admin' })
    expect(await memberships.find(mine, userId)).toEqual({ ...membership, role: 'admin' })
    expect((await memberships.find(foreign, userId)) ?? {}).toMatchObject({ role: 'member' })
    expect(await memberships.changeRole(mine, newId('usr'), 'admin')).toBe(null)
    expect(await memberships.changeRole(foreign, newId('usr'), 'owner')).toBe(null)
  })

  test('of concurrent callers one removes a member', async () => {
    const { memberships, newTenant } = await open()
    const [mine, foreign] = [await newTenant(), await newTenant()]
    const membership = sample(mine)
    await memberships.insert(membership)
    expect(await memberships.remove(foreign, membership.userId)).toBe(false)
    const removed = winners(await race(() => memberships.remove(mine, membership.userId)))
    expect(removed).toHaveLength(64)
    expect(removed.filter(Boolean)).toHaveLength(1)
    expect(await memberships.find(mine, membership.userId)).toBe(null)
  })

  test('the last owner stays', async () => {
    const { memberships, newTenant } = await open()
    const tenantId = await newTenant()
    const owner = sample(tenantId, { role: 'owner' })
    await memberships.insert(owner)
    await memberships.insert(sample(tenantId, { role: 'admin' }))
    const code = { code: TenantErrors.lastOwner.code }
    await expect(memberships.changeRole(tenantId, owner.userId, 'admin')).rejects.toMatchObject(code)
    await expect(memberships.remove(tenantId, owner.userId)).rejects.toMatchObject(code)
    expect(await memberships.changeRole(tenantId, owner.userId, 'owner')).toEqual(owner)
    expect(await memberships.find(tenantId, owner.userId)).toEqual(owner)
  })

  test('owners who demote and remove each other at once leave one', async () => {
    const { memberships, newTenant } = await open()
    const tenantId = await newTenant()
    const owners = [sample(tenantId, { role: 'owner' }), sample(tenantId, { role: 'owner' })]
    for (const owner of owners) await memberships.insert(owner)
    const results = await race(async (racer): Promise<unknown> => {
      const { userId } = owners[racer % 2] ?? sample(tenantId)
      return racer % 4 < 2
        ? memberships.changeRole(tenantId, userId, 'member')
        : memberships.remove(tenantId, userId)
    })
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: TenantErrors.lastOwner.code })
    expect(ownersOf(await memberships.listOfTenant(tenantId, everybody))).toHaveLength(1)
  })

  test('ownership passes from an owner to another member, or not at all', async () => {
    const { memberships, newTenant } = await open()
    const [tenantId, foreign] = [await newTenant(), await newTenant()]
    const [owner, member] = [sample(tenantId, { role: 'owner' }), sample(tenantId)]
    await memberships.insert(owner)
    await memberships.insert(member)
    const transfer = (from: Membership, to: Membership, of = tenantId) =>
      memberships.transferOwnership(of, from.userId, to.userId)
    expect(await transfer(member, owner)).toBe(null)
    expect(await transfer(owner, owner)).toBe(null)
    expect(await transfer(owner, sample(tenantId))).toBe(null)
    expect(await transfer(owner, member, foreign)).toBe(null)
    expect(await memberships.find(tenantId, owner.userId)).toEqual(owner)
    expect(await transfer(owner, member)).toEqual({ ...member, role: 'owner' })
    expect(await memberships.find(tenantId, owner.userId)).toEqual({ ...owner, role: 'admin' })
    expect(await memberships.find(tenantId, member.userId)).toEqual({ ...member, role: 'owner' })
  })

  test('of concurrent transfers by one owner, one succeeds; those of two owners to each other leave one', async () => {
    const { memberships, newTenant } = await open()
    const tenantId = await newTenant()
    const owner = sample(tenantId, { role: 'owner' })
    const others = Array.from({ length: 4 }, () => sample(tenantId))
    for (const membership of [owner, ...others]) await memberships.insert(membership)
    const results = await race((racer) =>
      memberships.transferOwnership(tenantId, owner.userId, others[racer % 4]?.userId ?? owner.userId),
    )
    expect(winners(results)).toHaveLength(64)
    expect(winners(results).filter((membership) => membership !== null)).toHaveLength(1)
    const [first] = ownersOf(await memberships.listOfTenant(tenantId, everybody))
    const second = first && (await memberships.changeRole(tenantId, owner.userId, 'owner'))
    if (!first || !second) throw new Error('there are two owners')
    const crossed = await race((racer) =>
      racer % 2 === 0
        ? memberships.transferOwnership(tenantId, first.userId, second.userId)
        : memberships.transferOwnership(tenantId, second.userId, first.userId),
    )
    expect(winners(crossed)).toHaveLength(64)
    expect(ownersOf(await memberships.listOfTenant(tenantId, everybody))).toHaveLength(1)
  })
}
