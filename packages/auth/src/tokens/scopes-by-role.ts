import type { Permission } from '@corbel/core'
import { type Role, roles } from '@corbel/core/tenant'

export type ScopesByRole = Readonly<Record<Role, readonly string[]>>

/** What an operator of the platform has beyond their role, in whichever tenant they signed in to. */
export const operatorScopes = (permissions: readonly Permission[]): readonly string[] =>
  permissions.filter(({ from }) => from === 'operator').map(({ scope }) => scope)

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
