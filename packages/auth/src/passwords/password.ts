import { email, idSchema } from '@corbel/core'
import * as z from 'zod'
import { NewPassword, TypedPassword } from '../users/user.ts'

export const ChangePassword = z.strictObject({ currentPassword: TypedPassword, newPassword: NewPassword })
export type ChangePassword = z.infer<typeof ChangePassword>

export const ForgotPassword = z.strictObject({ email })
export type ForgotPassword = z.infer<typeof ForgotPassword>

export const ConfirmPasswordReset = z.strictObject({
  token: z.string().min(1).max(200),
  newPassword: NewPassword,
})
export type ConfirmPasswordReset = z.infer<typeof ConfirmPasswordReset>

export const StartPasswordReset = z.strictObject({ userId: idSchema('usr') })
export type StartPasswordReset = z.infer<typeof StartPasswordReset>
