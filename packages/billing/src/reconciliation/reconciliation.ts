import * as z from 'zod'
import { ObjectDifference } from '../dispatch/differences.ts'

/**
 * Where a reconciliation goes on: among the events of the gateway, then among the subscriptions that it lists, then among those that
 * are open here.
 */
export const ReconcileCursor = z
  .string()
  .regex(/^(events:\d{1,15}:\w{0,255}|listed:\w{0,255}|open:\w{0,255})$/, 'must be the nextCursor of before')

export const ReconcileRequest = z.strictObject({
  /** Events since then are looked for. The payment provider keeps them for 30 days. @default 30 days ago */
  since: z.iso.datetime().optional(),
  /** Of the answer before, to go on behind it. */
  cursor: ReconcileCursor.optional(),
  /** Only show what would change. */
  dryRun: z.boolean().default(false),
})
export type ReconcileRequest = z.infer<typeof ReconcileRequest>

export const ReconcileReport = z.object({
  dryRun: z.boolean(),
  /** Events and subscriptions that were looked at. */
  checked: z.int(),
  /** Ids of events that had not come in. */
  missedEvents: z.array(z.string()).readonly(),
  differences: z.array(ObjectDifference).readonly(),
  /** Send it with the next request; null when all is done. */
  nextCursor: z.string().nullable(),
})
export type ReconcileReport = z.infer<typeof ReconcileReport>
