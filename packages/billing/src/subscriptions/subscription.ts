import * as z from 'zod'
import { plan } from '../catalog/plan.ts'
import { subscriptionStatuses } from '../gateway/gateway-objects.ts'

const time = z.iso.datetime()
const planCode = z.string().min(1).max(40)
const interval = z.enum(['month', 'year'])
const seats = z.int().min(1).max(100_000)

export const PlanList = z.object({ data: z.array(plan).readonly() })

/** `grace`: a payment has failed, and until `graceEndsAt` nothing is taken away. */
export const Access = z.enum(['full', 'grace', 'none'])

export const Subscription = z.object({
  id: z.string(),
  /** Null for something that is no longer declared. */
  planCode: z.string().nullable(),
  interval: interval.nullable(),
  seats: z.int().nullable(),
  /** Members for whom the plan has no seat left, such as after a change to a smaller one: nobody is shut out, and nobody pays for them. */
  membersBeyondPlan: z.int(),
  status: z.enum(subscriptionStatuses),
  access: Access,
  graceEndsAt: time.nullable(),
  currency: z.string(),
  periodStart: time,
  periodEnd: time,
  trialEnd: time.nullable(),
  /** When it ends; null while it renews. */
  cancelAt: time.nullable(),
  endedAt: time.nullable(),
  /** An upgrade waits for its payment: the plan is still the old one. */
  hasPendingUpdate: z.boolean(),
  /** Another plan comes with the next period. */
  hasScheduledChange: z.boolean(),
})
export type Subscription = z.infer<typeof Subscription>

export const StartSubscription = z.strictObject({
  planCode,
  interval: interval.default('month'),
  /** Absent: one for each member. */
  seats: seats.optional(),
  /** Absent: as long as the plan says, for a tenant that never had a trial. 0: none. */
  trialDays: z.int().min(0).max(730).optional(),
})
export type StartSubscription = z.infer<typeof StartSubscription>

export const ChangeSeats = z.strictObject({ seats })

export const PreviewChange = z.strictObject({
  planCode: planCode.optional(),
  interval: interval.optional(),
  seats: seats.optional(),
})
export type PreviewChange = z.infer<typeof PreviewChange>

export const ChangePlan = z.strictObject({
  planCode,
  interval: interval.optional(),
  seats: seats.optional(),
  when: z.enum(['now', 'period-end']).default('now'),
  /** Whether the difference is charged at once or with the next invoice. Only for a change that is made now. */
  settle: z.enum(['now', 'next-invoice']).default('now'),
  /** Of a preview within the last hour: the change costs what was shown. */
  previewToken: z.string().min(1).max(2000).optional(),
})
export type ChangePlan = z.infer<typeof ChangePlan>

export const CancelSubscription = z.strictObject({
  when: z.enum(['now', 'period-end']).default('period-end'),
})

export type CancelSubscription = z.infer<typeof CancelSubscription>

/** Amounts are whole units of the smallest denomination of the currency. */
export const ChangePreview = z.object({
  currency: z.string(),
  total: z.int(),
  amountDue: z.int(),
  lines: z
    .array(
      z.object({
        description: z.string().nullable(),
        amount: z.int(),
        quantity: z.number().nullable(),
        isProration: z.boolean(),
        periodStart: time,
        periodEnd: time,
      }),
    )
    .readonly(),
  periodStart: time,
  periodEnd: time,
  /** For the change itself; null where nothing is prorated. */
  previewToken: z.string().nullable(),
})
export type ChangePreview = z.infer<typeof ChangePreview>
