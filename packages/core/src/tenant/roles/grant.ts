import type { Permission } from '../../module/define-permissions.ts'
import { mayAssign, type Membership, type Role, roles } from '../memberships/membership.ts'

export type ScopesByRole = Readonly<Record<Role, readonly string[]>>

/** What a member may do. */
export interface Grant {
  readonly role: Role
  /** Of a custom role: the part of `role` that it names. Null: all of it. */
  readonly scopes: readonly string[] | null
}

/** The scopes that each role has: its own and those of every lesser role. */
export function scopesByRole(permissions: readonly Permission[]): ScopesByRole {
  const scopesOf = (role: Role): readonly string[] =>
    permissions
      .filter(({ from }) => from !== 'operator' && roles.indexOf(from) <= roles.indexOf(role))
      .map(({ scope }) => scope)
      .toSorted()
  return {
    viewer: scopesOf('viewer'),
    member: scopesOf('member'),
    admin: scopesOf('admin'),
    owner: scopesOf('owner'),
  }
}

export const grantOf = ({ role, customRole }: Pick<Membership, 'role' | 'customRole'>): Grant => ({
  role,
  scopes: customRole?.scopes ?? null,
})

/** Never more than the role has, whatever a custom role was stored with. */
export const scopesOf = (byRole: ScopesByRole, { role, scopes }: Grant): readonly string[] =>
  scopes === null ? byRole[role] : byRole[role].filter((scope) => scopes.includes(scope))

/** Whether whoever has the first grant may give, change or take away the second one: nobody reaches beyond their own. */
export const reaches = (byRole: ScopesByRole, own: Grant, other: Grant): boolean =>
  mayAssign(own.role, other.role) &&
  (own.scopes === null || scopesOf(byRole, other).every((scope) => scopesOf(byRole, own).includes(scope)))
