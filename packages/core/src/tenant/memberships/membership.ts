import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import type { PermissionRole } from '../../module/define-permissions.ts'

/** From least to most; each has all that the one before has. */
export const roles = ['viewer', 'member', 'admin', 'owner'] as const satisfies readonly PermissionRole[]

export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

export const Membership = z.object({
  tenantId: idSchema('ten'),
  userId: idSchema('usr'),
  role: Role,
  createdAt: z.iso.datetime(),
})
export type Membership = z.infer<typeof Membership>
