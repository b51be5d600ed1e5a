import type { Id } from '../../kernel/id.ts'
import type { Membership, RoleChoice } from '../memberships/membership.ts'
import type { RoleRepository } from '../ports/role-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'

/** What was chosen, as it is now; until the transaction ends, a custom role stays so. @throws `tenant/role-not-found` */
export async function chosenRole(
  roles: Pick<RoleRepository, 'hold'>,
  tenantId: Id<'ten'>,
  { role, roleId }: RoleChoice,
): Promise<Pick<Membership, 'role' | 'customRole'>> {
  if (roleId === undefined && role !== undefined) return { role }
  const held = roleId === undefined ? null : await roles.hold(tenantId, roleId)
  if (!held) throw TenantErrors.roleNotFound()
  return { role: held.base, customRole: { id: held.id, scopes: held.scopes } }
}
