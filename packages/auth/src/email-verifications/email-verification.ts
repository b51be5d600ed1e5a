import * as z from 'zod'

export const VerifyEmail = z.strictObject({ token: z.string().min(1).max(200) })
export type VerifyEmail = z.infer<typeof VerifyEmail>
