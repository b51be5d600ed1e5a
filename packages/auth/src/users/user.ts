import { email, type Id, idSchema, secretText, text } from '@corbel/core'
import { Role } from '@corbel/core/tenant'
import * as z from 'zod'

export type UserId = Id<'usr'>

// NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where a password is the only factor, and at least 64 allowed.
export const Password = secretText({ min: 15, max: 128 })

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
})
export type Me = z.infer<typeof Me>
