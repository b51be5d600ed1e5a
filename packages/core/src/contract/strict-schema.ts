import * as z from 'zod'

/** Unknown request keys are refused everywhere; a schema that means to take them says so with a catch-all. */
export const strictSchema = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema
