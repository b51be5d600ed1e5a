import * as z from 'zod'

export const UsageQuery = z.strictObject({
  /** Of the calendar in UTC. */
  period: z.enum(['day', 'month']).default('month'),
})
export type UsageQuery = z.infer<typeof UsageQuery>

export const Usage = z.object({
  /** The first moment of the period. */
  from: z.iso.datetime(),
  /** The first moment that is too late. */
  until: z.iso.datetime(),
  figures: z
    .array(
      z.object({
        /** Begins with the name of the module that counts it. */
        key: z.string(),
        /** Exact: a decimal number without needless zeros. */
        quantity: z.string(),
        /** `period`: since it began. `now`: what there is, whatever the period. */
        counted: z.enum(['period', 'now']),
      }),
    )
    .readonly(),
})
export type Usage = z.infer<typeof Usage>
