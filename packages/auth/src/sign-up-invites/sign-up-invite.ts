import { email, type Id, idSchema, PageQuery, text } from '@corbel/core'
import * as z from 'zod'

export type SignUpInviteId = Id<'sui'>

export const SignUpInviteStatus = z.enum(['open', 'redeemed', 'expired', 'revoked'])
export type SignUpInviteStatus = z.infer<typeof SignUpInviteStatus>

/** What has become of an invitation. */
export function signUpInviteStatus(
  invite: {
    readonly maxRedemptions: number
    readonly redemptions: number
    readonly expiresAt: Date
    readonly revokedAt: Date | null
  },
  now: Date,
): SignUpInviteStatus {
  if (invite.revokedAt !== null) return 'revoked'
  if (invite.redemptions >= invite.maxRedemptions) return 'redeemed'
  return invite.expiresAt <= now ? 'expired' : 'open'
}

export const NewSignUpInvite = z
  .strictObject({
    /** The one address that it is for; the invitation is mailed there. Absent: it is for whoever has the token. */
    email: email.optional(),
    /** How many may register with it. */
    maxRedemptions: z.int().min(1).max(10).default(1),
    /** @default SIGNUP_INVITE_TTL_HOURS */
    expiresInHours: z.int().min(1).max(336).optional(),
    note: text({ max: 500 }).optional(),
  })
  .refine((invite) => invite.email === undefined || invite.maxRedemptions === 1, {
    path: ['maxRedemptions'],
    message: 'must be 1 for one address',
  })
export type NewSignUpInvite = z.infer<typeof NewSignUpInvite>

export const SignUpInvite = z.object({
  id: idSchema('sui'),
  email: z.string().nullable(),
  status: SignUpInviteStatus,
  note: z.string().nullable(),
  maxRedemptions: z.int(),
  redemptions: z.int(),
  requestId: idSchema('sur').nullable(),
  createdBy: idSchema('usr').nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type SignUpInvite = z.infer<typeof SignUpInvite>

export const IssuedSignUpInvite = SignUpInvite.extend({
  /** Shown this once, to be handed on; null when it is mailed, for then it proves that somebody reads the address. */
  token: z.string().nullable(),
})
export type IssuedSignUpInvite = z.infer<typeof IssuedSignUpInvite>

export const SignUpInviteListQuery = PageQuery.extend({
  status: SignUpInviteStatus.optional(),
  email: email.optional(),
})
export type SignUpInviteListQuery = z.infer<typeof SignUpInviteListQuery>
