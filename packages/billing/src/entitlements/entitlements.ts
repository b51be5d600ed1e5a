import * as z from 'zod'
import { entitlement } from '../catalog/plan.ts'
import { Access } from '../subscriptions/subscription.ts'

const time = z.iso.datetime()

export const Entitlements = z.object({
  /** Of the plan that is subscribed to; null for none, or one that is no longer declared. */
  planCode: z.string().nullable(),
  /** With `none` nothing of the plan holds. */
  access: Access,
  /** The period that limits count in: its first moment, and the first that is too late. */
  from: time,
  until: time,
  /** By feature: false for what is not included, true for what has no limit. */
  entitlements: z.record(z.string(), entitlement),
})
export type Entitlements = z.infer<typeof Entitlements>
