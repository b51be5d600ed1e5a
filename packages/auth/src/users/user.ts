import { email, type Id, idSchema, secretText, text } from '@corbel/core'
import { Role } from '@corbel/core/tenant'
import * as z from 'zod'

export type UserId = Id<'usr'>

/** Counted in code points of the NFC form, as it is hashed (NIST SP 800-63B-4 §3.1.1.2). */
const mostCodePoints = 128

function passwordOf(least: number) {
  return secretText({ min: least, max: mostCodePoints * 2 }).refine((value) => {
    const length = Array.from(value.normalize('NFC')).length
    return length >= least && length <= mostCodePoints
  }, `must have ${least} to ${mostCodePoints} characters`)
}

// NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where a password is the only factor, and at least 64 allowed.
export const Password = passwordOf(15)

/** A password as chosen for an account that may be one of two factors always; whether it is, the policy knows. */
export const NewPassword = passwordOf(8)

/** A password as typed at sign-in: whatever it is, it is compared and never judged. */
export const TypedPassword = secretText({ max: 1024 })

export const User = z.object({
  id: idSchema('usr'),
  email,
  displayName: text({ max: 128 }).nullable(),
  emailVerified: z.boolean(),
  createdAt: z.iso.datetime(),
})
export type User = z.infer<typeof User>

/** Who the caller is: the account, and the session of the token. */
export const Me = z.object({
  userId: idSchema('usr'),
  email,
  emailVerified: z.boolean(),
  displayName: z.string().nullable(),
  tenantId: idSchema('ten'),
  role: Role,
  scopes: z.array(z.string()),
  sessionId: idSchema('ses'),
  aal: z.union([z.literal(1), z.literal(2)]),
  amr: z.array(z.string()),
  /** The operator who is acting in your name: show it. */
  impersonatedBy: idSchema('usr').nullable(),
})
export type Me = z.infer<typeof Me>
