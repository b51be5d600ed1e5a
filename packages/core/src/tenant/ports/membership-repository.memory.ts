import type { Id } from '../../kernel/id.ts'
import { TenantErrors } from '../tenant-errors.ts'
import type { MembershipRepository } from './membership-repository.ts'
import { membershipKey, type TenantTables } from './tenant-tables.memory.ts'

export function memoryMembershipRepository({
  memberships,
}: Pick<TenantTables, 'memberships'>): MembershipRepository {
  const rowsOf = (tenantId: Id<'ten'>) => [...memberships.values()].filter((row) => row.tenantId === tenantId)

  function requireOtherOwner(tenantId: Id<'ten'>, userId: Id<'usr'>): void {
    const owners = rowsOf(tenantId).filter(({ role }) => role === 'owner')
    if (owners.length === 1 && owners[0]?.userId === userId) throw TenantErrors.lastOwner()
  }

  return {
    async insert(membership) {
      const key = membershipKey(membership.tenantId, membership.userId)
      if (memberships.has(key)) throw TenantErrors.alreadyMember()
      memberships.set(key, membership)
    },

    find: async (tenantId, userId) => memberships.get(membershipKey(tenantId, userId)) ?? null,

    async changeRole(tenantId, userId, role, customRole) {
      const key = membershipKey(tenantId, userId)
      const row = memberships.get(key)
      if (!row) return null
      if (role !== 'owner') requireOtherOwner(tenantId, userId)
      const { customRole: _, ...rest } = row
      const changed = { ...rest, role, ...(customRole && { customRole }) }
      memberships.set(key, changed)
      return changed
    },

    async remove(tenantId, userId) {
      requireOtherOwner(tenantId, userId)
      return memberships.delete(membershipKey(tenantId, userId))
    },

    async transferOwnership(tenantId, from, to) {
      const giver = memberships.get(membershipKey(tenantId, from))
      const taker = memberships.get(membershipKey(tenantId, to))
      if (giver?.role !== 'owner' || !taker || from === to) return null
      const { customRole: _, ...rest } = taker
      const owner = { ...rest, role: 'owner' as const }
      memberships.set(membershipKey(tenantId, to), owner)
      memberships.set(membershipKey(tenantId, from), { ...giver, role: 'admin' })
      return owner
    },

    listOfUser: async (userId) =>
      [...memberships.values()]
        .filter((row) => row.userId === userId)
        .toSorted((a, b) => (a.tenantId < b.tenantId ? -1 : 1)),

    async listSoleOwned(userId) {
      const owners = [...memberships.values()].filter(({ role }) => role === 'owner')
      return owners
        .filter((row) => row.userId === userId)
        .filter(({ tenantId }) => owners.filter((row) => row.tenantId === tenantId).length === 1)
        .map(({ tenantId }) => tenantId)
        .toSorted((a, b) => (a < b ? -1 : 1))
    },

    async removeUser(userId) {
      const own = [...memberships.values()].filter((row) => row.userId === userId)
      for (const { tenantId } of own) memberships.delete(membershipKey(tenantId, userId))
      return own.map(({ tenantId }) => tenantId)
    },

    listOfTenant: async (tenantId, { limit, after }) =>
      rowsOf(tenantId)
        .filter((row) => after === null || row.userId > after)
        .toSorted((a, b) => (a.userId < b.userId ? -1 : 1))
        .slice(0, limit + 1),
  }
}
