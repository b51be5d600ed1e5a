import { text } from '@corbel/core'
import { InvitationToken, Membership } from '@corbel/core/tenant'
import * as z from 'zod'
import { Password, User } from '../users/user.ts'

/** Joining a team without having an account: the token of the mail proves the address. */
export const JoinAsNewUser = z.strictObject({
  token: InvitationToken,
  password: Password,
  displayName: text({ max: 128 }).nullable().default(null),
  acceptTerms: z.literal(true),
})
export type JoinAsNewUser = z.infer<typeof JoinAsNewUser>

export const Joined = z.object({ user: User, membership: Membership })
export type Joined = z.infer<typeof Joined>
