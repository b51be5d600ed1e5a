import * as z from 'zod'
import { type Id, idSchema } from '../../kernel/id.ts'
import { text } from '../../kernel/text.ts'
import { Role } from '../memberships/membership.ts'

export type RoleId = Id<'rol'>

/** About as many as a tenant may have: callers at the same moment may come one beyond. */
export const mostRoles = 50

export const RoleName = text({ max: 64 })

const scopes = z
  .array(z.string().max(100))
  .min(1)
  .max(200)
  .refine((list) => new Set(list).size === list.length, 'each scope once')
  .readonly()

/** A set of permissions with a name, of one tenant. */
export const CustomRole = z.object({
  id: idSchema('rol'),
  name: RoleName,
  scopes: z.array(z.string()).readonly(),
  /** The least role that has all of the scopes; never owner. */
  base: Role,
  createdAt: z.iso.datetime(),
})
export type CustomRole = z.infer<typeof CustomRole>

export const NewCustomRole = z.strictObject({ name: RoleName, scopes })
export type NewCustomRole = z.infer<typeof NewCustomRole>

export const CustomRoleChange = z.strictObject({ name: RoleName.optional(), scopes: scopes.optional() })
export type CustomRoleChange = z.infer<typeof CustomRoleChange>
