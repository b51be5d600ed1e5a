import * as z from 'zod'
import { idSchema } from '../kernel/id.ts'
import type { DeliveryRecord } from '../ports/delivery-store.ts'

/** What the log of deliveries shows of one. */
export const ShownDelivery = z.object({
  id: idSchema('dlv'),
  eventId: idSchema('evt'),
  eventType: z.string(),
  status: z.enum(['pending', 'delivered', 'dead']),
  attempts: z.int(),
  result: z.string().nullable(),
  createdAt: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
})
export type ShownDelivery = z.infer<typeof ShownDelivery>

export const toShownDelivery = (record: DeliveryRecord): ShownDelivery => ({
  id: record.id,
  eventId: record.eventId,
  eventType: record.eventType,
  status: record.status,
  attempts: record.attempts,
  result: record.result,
  createdAt: record.createdAt.toISOString(),
  nextAttemptAt: record.dueAt?.toISOString() ?? null,
  endedAt: record.endedAt?.toISOString() ?? null,
})
