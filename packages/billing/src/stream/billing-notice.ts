import { idSchema } from '@corbel/core'
import * as z from 'zod'

/** Something that happened to what a tenant subscribes to. It may be told twice, with the same id. */
export const BillingNotice = z.object({
  id: idSchema('evt'),
  /** Type of the event. */
  type: z.string(),
  occurredAt: z.iso.datetime(),
  /** What the event declares; its `version`, where there is one, grows with every change of the object. */
  data: z.record(z.string(), z.unknown()),
})
export type BillingNotice = z.infer<typeof BillingNotice>

/** Where to go on, when the header `Last-Event-ID` cannot be sent. */
export const BillingStreamQuery = z.strictObject({ after: z.string().max(64).optional() })
