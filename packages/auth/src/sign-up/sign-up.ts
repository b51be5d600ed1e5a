import { email, text } from '@corbel/core'
import { Tenant, TenantName } from '@corbel/core/tenant'
import * as z from 'zod'
import { Honeypot } from './honeypot.ts'
import { Password, User } from '../users/user.ts'

export const SignUp = z.strictObject({
  email,
  password: Password,
  tenantName: TenantName,
  displayName: text({ max: 128 }).optional(),
  /** The plan that was chosen on the pricing page. */
  planCode: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/)
    .optional(),
  /** Of an invitation, where the policy asks for one. */
  inviteToken: z.string().min(1).max(200).optional(),
  /** To the versions that GET /api/v1/auth/signup-policy tells. */
  acceptTerms: z.literal(true),
  website: Honeypot,
})
export type SignUp = z.infer<typeof SignUp>

/** What registering returns. It holds no tokens: for an address that has an account it must look the same. */
export const Registration = z.object({ user: User, tenant: Tenant })
export type Registration = z.infer<typeof Registration>
