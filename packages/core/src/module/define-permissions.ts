/** Roles in a tenant, from least to most. */
export type PermissionRole = 'viewer' | 'member' | 'admin' | 'owner'

export interface Permission {
  /** `<noun>:<verb>`, as it stands in a token's `scope`. */
  readonly scope: `${string}:${string}`
  readonly summary: string
  /** The least role that has it; every higher role has it too. `operator`: no role in a tenant has it, operators of the platform do. */
  readonly from: PermissionRole | 'operator'
}

export type PermissionCatalog = Readonly<Record<string, Permission>>

export const definePermissions = <const C extends PermissionCatalog>(catalog: C): C => catalog
