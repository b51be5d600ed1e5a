import * as z from 'zod'
import { type Id, idSchema } from '../../kernel/id.ts'
import type { PermissionRole } from '../../module/define-permissions.ts'

/** From least to most; each has all that the one before has. */
export const roles = ['viewer', 'member', 'admin', 'owner'] as const satisfies readonly PermissionRole[]

export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

/** Whether somebody with the first role may give, change or take away the second one: nobody reaches above their own. */
export const mayAssign = (own: Role, other: Role): boolean => roles.indexOf(other) <= roles.indexOf(own)

export const Membership = z.object({
  tenantId: idSchema('ten'),
  userId: idSchema('usr'),
  role: Role,
  /** Absent for whoever has all of `role`. */
  customRole: z.object({ id: idSchema('rol'), scopes: z.array(z.string()).readonly() }).optional(),
  createdAt: z.iso.datetime(),
})
export type Membership = z.infer<typeof Membership>

/** Either a role that every tenant has, or one that the tenant made. */
export const roleChoice = { role: Role.optional(), roleId: idSchema('rol').optional() }
export interface RoleChoice {
  readonly role?: Role | undefined
  readonly roleId?: Id<'rol'> | undefined
}

export const isOneRole = ({ role, roleId }: RoleChoice): boolean =>
  (role === undefined) !== (roleId === undefined)
export const oneRole = 'name either role or roleId'

export const NewMember = z.strictObject({ userId: idSchema('usr'), ...roleChoice }).refine(isOneRole, oneRole)
export type NewMember = z.infer<typeof NewMember>

export const ChangeRole = z.strictObject(roleChoice).refine(isOneRole, oneRole)
export type ChangeRole = z.infer<typeof ChangeRole>

export const TransferOwnership = z.strictObject({ userId: idSchema('usr') })
export type TransferOwnership = z.infer<typeof TransferOwnership>
