import { idSchema, text } from '@corbel/core'
import * as z from 'zod'
import { isDecimal, plainDecimal } from './decimal.ts'

const time = z.iso.datetime()

const Quantity = z
  .union([z.int(), z.string().max(30)])
  .transform(String)
  .refine(isDecimal, { message: 'must be a decimal number of at most 15 digits', abort: true })
  .overwrite(plainDecimal)

/** That something was used. */
export const UsageReport = z
  .strictObject({
    /** A feature or a meter of the plans. */
    featureKey: text({ max: 40 }),
    /** A whole number, or a decimal one as text; below zero in a correction only. */
    quantity: Quantity,
    /** At most 35 days ago and 5 minutes ahead. */
    occurredAt: time.optional(),
    /** Names the report for ever: what is reported under it counts once. */
    idempotencyKey: text({ max: 200 }),
    /** What this corrects; makes it a correction. */
    reference: text({ max: 200 }).optional(),
  })
  .refine(({ quantity, reference }) => reference !== undefined || !quantity.startsWith('-'), {
    path: ['quantity'],
    message: 'is below zero: a correction needs a reference',
  })
export type UsageReport = z.infer<typeof UsageReport>

export const UsageBatch = z.strictObject({ records: z.array(UsageReport).min(1).max(1000) })

export const UsageReceipt = z.object({
  id: idSchema('use'),
  /** It was reported before, and is not counted again. */
  duplicate: z.boolean(),
})
export type UsageReceipt = z.infer<typeof UsageReceipt>

export const UsageReceipts = z.object({ records: z.array(UsageReceipt).readonly() })

export const UsagePeriod = z
  .strictObject({ from: time.optional(), until: time.optional() })
  .refine(({ from, until }) => (from === undefined) === (until === undefined), {
    message: 'give both ends or none',
  })
  .refine(({ from, until }) => from === undefined || until === undefined || from < until, {
    message: 'ends before it begins',
  })
export type UsagePeriod = z.infer<typeof UsagePeriod>

export const UsageTotals = z.object({
  /** The first moment. */
  from: time,
  /** The first moment that is too late. */
  until: time,
  totals: z.array(z.object({ featureKey: z.string(), quantity: z.string(), records: z.int() })).readonly(),
})
export type UsageTotals = z.infer<typeof UsageTotals>
