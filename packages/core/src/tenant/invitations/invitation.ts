import * as z from 'zod'
import { type Id, idSchema } from '../../kernel/id.ts'
import { email } from '../../kernel/text.ts'
import { isOneRole, oneRole, Role, roleChoice } from '../memberships/membership.ts'

export type InvitationId = Id<'inv'>

/** Hours for which an invitation can be accepted. */
export const invitationHours = { default: 72, max: 336 } as const

export const NewInvitation = z
  .strictObject({
    email,
    ...roleChoice,
    expiresInHours: z.int().min(1).max(invitationHours.max).default(invitationHours.default),
  })
  .refine(isOneRole, oneRole)
export type NewInvitation = z.infer<typeof NewInvitation>

export const invitationStatuses = ['pending', 'accepted', 'revoked', 'expired'] as const

export const Invitation = z.object({
  id: idSchema('inv'),
  email,
  role: Role,
  roleId: idSchema('rol').nullable(),
  status: z.enum(invitationStatuses),
  /** Null for the host and operators of the platform. */
  createdBy: idSchema('usr').nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  acceptedBy: idSchema('usr').nullable(),
})
export type Invitation = z.infer<typeof Invitation>

export const InvitationPolicy = z.object({ defaultHours: z.int(), maxHours: z.int() })
export type InvitationPolicy = z.infer<typeof InvitationPolicy>

/** Any text: what is no token gets the answer of a wrong one. */
export const InvitationToken = z.string().min(1).max(200)

export const AcceptInvitation = z.strictObject({ token: InvitationToken })
export type AcceptInvitation = z.infer<typeof AcceptInvitation>
