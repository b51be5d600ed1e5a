import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import { PageQuery } from '../../kernel/page.ts'
import { ShownDelivery, toShownDelivery } from '../../module/shown-delivery.ts'
import type { DeliveryRecord } from '../../ports/delivery-store.ts'

/** What left, or is to leave, as operators of the platform see it: never what was said, and to whom only by id. */
export const PlatformDelivery = z.object({
  ...ShownDelivery.shape,
  tenantId: idSchema('ten').nullable(),
  /** `<module>.<channel>`. */
  route: z.string(),
  /** The id of a user, a webhook, a subscription and the like, or the name of a channel. */
  recipient: z.string(),
})
export type PlatformDelivery = z.infer<typeof PlatformDelivery>

export const PlatformDeliveryQuery = PageQuery.extend({
  tenantId: idSchema('ten').optional(),
  route: z
    .string()
    .regex(/^[a-z]+\.[a-z_]+$/, 'must be <module>.<channel>')
    .max(100)
    .optional()
    .describe('such as auth.mail or tenant.webhook'),
  status: ShownDelivery.shape.status.optional(),
})
export type PlatformDeliveryQuery = z.infer<typeof PlatformDeliveryQuery>

export const toPlatformDelivery = (record: DeliveryRecord): PlatformDelivery => ({
  ...toShownDelivery(record),
  tenantId: record.tenantId,
  route: record.route,
  recipient: record.recipient,
})
