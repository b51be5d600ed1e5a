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
    return { memberships, newTenant: () => storedTenant(storage) }
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
}
