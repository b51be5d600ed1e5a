import { email, idSchema } from '@corbel/core'
import * as z from 'zod'

export const RequestMagicLink = z.strictObject({
  email,
  /**
   * The SHA-256 of a secret that the caller keeps, in base64url (RFC 7636 §4.2, S256). With it, the link and the code work for
   * nobody else.
   */
  codeChallenge: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
})
export type RequestMagicLink = z.infer<typeof RequestMagicLink>

const common = {
  /** The secret of which the challenge was sent (RFC 7636 §4.1). */
  codeVerifier: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{43,128}$/)
    .optional(),
  /** The tenant to sign in to. Without it: the one joined first. */
  tenantId: idSchema('ten').optional(),
}

/** The token of the link, or the address and the code that went there. */
export const VerifyMagicLink = z.union([
  z.strictObject({ token: z.string().min(1).max(200), ...common }),
  z.strictObject({ email, code: z.string().regex(/^\d{6}$/, 'must be six digits'), ...common }),
])
export type VerifyMagicLink = z.infer<typeof VerifyMagicLink>
