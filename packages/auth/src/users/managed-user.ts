import { email, idSchema, PageQuery, text } from '@corbel/core'
import * as z from 'zod'
import { Profile } from './profile.ts'

/** A user as operators see them. */
export const ManagedUser = z.object({
  id: idSchema('usr'),
  email,
  displayName: Profile.shape.displayName,
  emailVerified: z.boolean(),
  operator: z.boolean(),
  status: z.enum(['active', 'disabled', 'erased']),
  disabledAt: z.iso.datetime().nullable(),
  disabledBy: z.enum(['user', 'operator', 'erasure']).nullable(),
  /** Consecutive failures to sign in. */
  failedAttempts: z.int(),
  createdAt: z.iso.datetime(),
})
export type ManagedUser = z.infer<typeof ManagedUser>

const flagText = z.enum(['true', 'false']).transform((value) => value === 'true')

/** All that is given must fit. */
export const ManagedUserQuery = PageQuery.extend({
  /** Part of the address or of the name. */
  q: text({ max: 128 }).optional(),
  status: z.enum(['active', 'disabled']).optional(),
  emailVerified: flagText.optional(),
  operator: flagText.optional(),
  tenantId: idSchema('ten').optional(),
  /** Inclusive. */
  createdFrom: z.iso.datetime().optional(),
  /** Exclusive. */
  createdTo: z.iso.datetime().optional(),
})
export type ManagedUserQuery = z.infer<typeof ManagedUserQuery>

/** Why an operator does something to somebody's account; it stands in the audit trail. */
export const Reason = z.strictObject({ reason: text({ min: 3, max: 256 }) })
export type Reason = z.infer<typeof Reason>

export const Impersonate = Reason.extend({
  /** In which tenant. Without it: the one joined first. */
  tenantId: idSchema('ten').optional(),
})
export type Impersonate = z.infer<typeof Impersonate>

export const ImpersonationToken = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds. It cannot be refreshed. */
  expiresIn: z.int(),
  sessionId: idSchema('ses'),
  userId: idSchema('usr'),
  tenantId: idSchema('ten'),
  scopes: z.array(z.string()),
})
export type ImpersonationToken = z.infer<typeof ImpersonationToken>
