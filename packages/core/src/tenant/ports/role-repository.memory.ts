import type { Id } from '../../kernel/id.ts'
import type { RoleId } from '../roles/custom-role.ts'
import { TenantErrors } from '../tenant-errors.ts'
import type { RoleRecord, RoleRepository } from './role-repository.ts'
import type { TenantTables } from './tenant-tables.memory.ts'

export function memoryRoleRepository({
  roles,
  memberships,
  invitations,
}: Pick<TenantTables, 'roles' | 'memberships' | 'invitations'>): RoleRepository {
  const ofTenant = (tenantId: Id<'ten'>) => [...roles.values()].filter((role) => role.tenantId === tenantId)

  const find = (tenantId: Id<'ten'>, id: RoleId): RoleRecord | null =>
    structuredClone(ofTenant(tenantId).find((role) => role.id === id) ?? null)

  function requireFreeName({ tenantId, id, name }: RoleRecord): void {
    if (ofTenant(tenantId).some((role) => role.name === name && role.id !== id))
      throw TenantErrors.roleNameTaken()
  }

  return {
    async insert(role) {
      requireFreeName(role)
      roles.set(role.id, structuredClone(role))
    },

    find: async (tenantId, id) => find(tenantId, id),
    hold: async (tenantId, id) => find(tenantId, id),
    list: async (tenantId) => structuredClone(ofTenant(tenantId).toSorted((a, b) => (a.id < b.id ? -1 : 1))),

    async replace(role) {
      const { id, tenantId, scopes, base, version } = role
      if (find(tenantId, id)?.version !== version) return false
      requireFreeName(role)
      roles.set(id, structuredClone({ ...role, version: version + 1 }))
      for (const [key, member] of memberships)
        if (member.customRole?.id === id)
          memberships.set(key, { ...member, role: base, customRole: { id, scopes: [...scopes] } })
      return true
    },

    async remove(tenantId, id) {
      if (!find(tenantId, id)) return false
      const isUsed =
        [...memberships.values()].some(({ customRole }) => customRole?.id === id) ||
        [...invitations.values()].some(({ roleId, status }) => roleId === id && status === 'pending')
      if (isUsed) throw TenantErrors.roleInUse()
      return roles.delete(id)
    },
  }
}
