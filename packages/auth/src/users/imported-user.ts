import { email, text } from '@corbel/core'
import { TenantName } from '@corbel/core/tenant'
import * as z from 'zod'

/** An account of another system. Given by the host, never by a request. */
export const ImportedUser = z.strictObject({
  email,
  displayName: text({ max: 128 }).nullable().default(null),
  /** Whether the other system has proved that the user reads the mail of the address. */
  emailVerified: z.boolean(),
  /** As the other system stored it; the hasher of the stack must know its form. Replaced at the first sign-in. */
  passwordHash: z.string().min(1).max(1024),
  /** The tenant that the user is to own. */
  tenantName: TenantName,
})
export type ImportedUser = z.input<typeof ImportedUser>
