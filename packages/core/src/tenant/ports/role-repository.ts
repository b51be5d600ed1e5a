import type { Id } from '../../kernel/id.ts'
import type { Role } from '../memberships/membership.ts'
import type { RoleId } from '../roles/custom-role.ts'

export interface RoleRecord {
  readonly id: RoleId
  readonly tenantId: Id<'ten'>
  readonly name: string
  readonly scopes: readonly string[]
  /** The least role that has all of the scopes; never owner. */
  readonly base: Role
  readonly version: number
  readonly createdAt: Date
}

/** Roles that tenants made. */
export interface RoleRepository {
  /**
   * Of concurrent callers with one name in a tenant, one succeeds.
   *
   * @throws `tenant/role-name-taken` when the tenant has one of this name.
   */
  insert(role: RoleRecord): Promise<void>
  find(tenantId: Id<'ten'>, id: RoleId): Promise<RoleRecord | null>
  /** By ascending id. */
  list(tenantId: Id<'ten'>): Promise<readonly RoleRecord[]>
  /** The role, which in a transaction nobody changes or removes until it ends. To be read before it is given to a member. */
  hold(tenantId: Id<'ten'>, id: RoleId): Promise<RoleRecord | null>
  /**
   * Puts name, scopes and base in place of those of the role with this version, raises the version, and gives scopes and base to every
   * member who has the role. In a transaction only. Of concurrent callers with one version one gets true.
   *
   * @throws `tenant/role-name-taken` when another role of the tenant has this name.
   */
  replace(role: RoleRecord): Promise<boolean>
  /**
   * Of concurrent callers one gets true; false when there is none.
   *
   * @throws `tenant/role-in-use` when a member has it, or a pending invitation gives it.
   */
  remove(tenantId: Id<'ten'>, id: RoleId): Promise<boolean>
}
