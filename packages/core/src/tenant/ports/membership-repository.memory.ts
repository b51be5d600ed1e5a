import { TenantErrors } from '../tenant-errors.ts'
import type { MembershipRepository } from './membership-repository.ts'
import { membershipKey, type TenantTables } from './tenant-tables.memory.ts'

export const memoryMembershipRepository = ({
  memberships,
}: Pick<TenantTables, 'memberships'>): MembershipRepository => ({
  async insert(membership) {
    const key = membershipKey(membership.tenantId, membership.userId)
    if (memberships.has(key)) throw TenantErrors.alreadyMember()
    memberships.set(key, membership)
  },

  listOfTenant: async (tenantId, { limit, after }) =>
    [...memberships.values()]
      .filter((row) => row.tenantId === tenantId && (after === null || row.userId > after))
      .toSorted((a, b) => (a.userId < b.userId ? -1 : 1))
      .slice(0, limit + 1),
})
