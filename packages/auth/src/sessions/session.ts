import { type Id, idSchema } from '@corbel/core'
import * as z from 'zod'
import { Device } from './device.ts'

export type SessionId = Id<'ses'>

export const PresentedRefreshToken = z.strictObject({ refreshToken: z.string().min(1).max(200) })

export const Tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds. */
  expiresIn: z.int(),
  /** Seconds. */
  refreshExpiresIn: z.int(),
  sessionId: idSchema('ses'),
  tenantId: idSchema('ten'),
  scopes: z.array(z.string()),
})
export type Tokens = z.infer<typeof Tokens>

/** A signed-in device, as its owner sees it. */
export const Session = z.object({
  id: idSchema('ses'),
  createdAt: z.iso.datetime(),
  /** Last sign-in or refresh. */
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  userAgent: z.string().nullable(),
  device: Device,
  /** Where it was opened, roughly. */
  place: z.string().nullable(),
  /** Whether an operator uses it in your name. */
  impersonated: z.boolean(),
  /** The network only: IPv4 by /24, IPv6 by /48. */
  ipPrefix: z.string().nullable(),
  /** Whether it is the session of this request. */
  current: z.boolean(),
})
export type Session = z.infer<typeof Session>

export const SignedOutAll = z.object({ revoked: z.int() })
