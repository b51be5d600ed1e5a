import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import { text } from '../../kernel/text.ts'
import { oneLine } from '../one-line.ts'

/** Time moves it on; `cancelled`, and `completed` before its time, are said by hand. */
export const MaintenanceState = z.enum(['scheduled', 'in_progress', 'completed', 'cancelled'])
export type MaintenanceState = z.infer<typeof MaintenanceState>

const componentIds = z
  .array(idSchema('cmp'))
  .max(100)
  .refine((ids) => new Set(ids).size === ids.length, 'names one twice')
  .readonly()

export const NewMaintenance = z.strictObject({
  title: oneLine(200),
  message: text({ max: 4000 }),
  componentIds: componentIds.default([]),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
})
export type NewMaintenance = z.input<typeof NewMaintenance>

export const MaintenanceChange = z.strictObject({
  title: oneLine(200).optional(),
  message: text({ max: 4000 }).optional(),
  componentIds: componentIds.optional(),
  startsAt: z.iso.datetime().optional(),
  endsAt: z.iso.datetime().optional(),
  state: MaintenanceState.extract(['completed', 'cancelled']).optional().describe('ends it now'),
})
export type MaintenanceChange = z.infer<typeof MaintenanceChange>

export const Maintenance = z.object({
  id: idSchema('mnt'),
  title: z.string(),
  message: z.string(),
  componentIds,
  state: MaintenanceState,
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  /** Raised by every change. */
  version: z.int(),
  createdAt: z.iso.datetime(),
})
export type Maintenance = z.infer<typeof Maintenance>

export const isEnded = ({ state }: Pick<Maintenance, 'state'>): boolean =>
  state === 'completed' || state === 'cancelled'
