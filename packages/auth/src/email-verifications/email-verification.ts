import * as z from 'zod'
import { TypedPassword } from '../users/user.ts'

export const VerifyEmail = z.strictObject({
  token: z.string().min(1).max(200),
  /** The one that was chosen on registering. Proves, from another device, that it was the owner of the address who chose it. */
  password: TypedPassword.optional(),
})
export type VerifyEmail = z.infer<typeof VerifyEmail>
