import * as z from 'zod'

const FieldName = z.string().regex(/^[a-zA-Z][\w.-]{0,63}$/)

/** A line that a front end wants to be logged. */
export const ClientLog = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string().min(1).max(1000),
  fields: z
    .record(FieldName, z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]))
    .refine((fields) => Object.keys(fields).length <= 32, 'at most 32 fields')
    .default({}),
})
export type ClientLog = z.infer<typeof ClientLog>

/** Bytes of a body. */
export const longestClientLog = 16_384
