import type { Permission } from '@corbel/core'

/** What an operator of the platform has beyond their role, in whichever tenant they signed in to. */
export const operatorScopes = (permissions: readonly Permission[]): readonly string[] =>
  permissions.filter(({ from }) => from === 'operator').map(({ scope }) => scope)
