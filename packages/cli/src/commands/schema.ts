import type { Action } from '../run/command.ts'
import { envelopeSchema } from '../run/envelope.ts'

export const action: Action = async () => ({
  data: envelopeSchema,
  text: JSON.stringify(envelopeSchema, null, 2),
})
