import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import { text } from '../../kernel/text.ts'
import { ComponentState } from '../components/component-state.ts'
import { oneLine } from '../one-line.ts'

export const IncidentState = z.enum(['investigating', 'identified', 'monitoring', 'resolved', 'postmortem'])
export type IncidentState = z.infer<typeof IncidentState>

/** Mildest first. */
export const severities = ['minor', 'major', 'critical'] as const

export const Severity = z.enum(severities)
export type Severity = z.infer<typeof Severity>

/** An incident is one row with its updates in it. */
export const mostUpdates = 100

const open = ['investigating', 'identified', 'monitoring', 'resolved'] as const

/** What may follow on a state. What is over is not opened again: what comes back is an incident of its own. */
export const statesAfter: Readonly<Record<IncidentState, readonly IncidentState[]>> = {
  investigating: open,
  identified: open,
  monitoring: open,
  resolved: ['resolved', 'postmortem'],
  postmortem: ['postmortem'],
}

export const isOver = (state: IncidentState): boolean => state === 'resolved' || state === 'postmortem'

const message = text({ max: 4000 })

const affected = z
  .array(
    z.strictObject({
      componentId: idSchema('cmp'),
      state: ComponentState.exclude(['operational', 'maintenance']),
    }),
  )
  .max(100)
  .refine(
    (list) => new Set(list.map(({ componentId }) => componentId)).size === list.length,
    'names one twice',
  )
  .readonly()

export const NewIncident = z.strictObject({
  title: oneLine(200),
  severity: Severity,
  state: IncidentState.extract(['investigating', 'identified', 'monitoring']).default('investigating'),
  message,
  affected: affected.default([]).describe('the components that are shown as affected until it is resolved'),
})
export type NewIncident = z.input<typeof NewIncident>

/** Corrects what was said; `POST …/updates` says something new. */
export const IncidentChange = z.strictObject({
  title: oneLine(200).optional(),
  severity: Severity.optional(),
  affected: affected.optional(),
})
export type IncidentChange = z.infer<typeof IncidentChange>

export const NewIncidentUpdate = z.strictObject({
  state: IncidentState,
  message,
  affected: affected.optional().describe('replaces the list of affected components'),
})
export type NewIncidentUpdate = z.infer<typeof NewIncidentUpdate>

export const IncidentUpdate = z.object({
  id: idSchema('upd'),
  state: IncidentState,
  message: z.string(),
  createdAt: z.iso.datetime(),
})
export type IncidentUpdate = z.infer<typeof IncidentUpdate>

export const Incident = z.object({
  id: idSchema('inc'),
  title: z.string(),
  severity: Severity,
  /** That of the newest update. */
  state: IncidentState,
  affected,
  /** Oldest first. */
  updates: z.array(IncidentUpdate).readonly(),
  startedAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  /** Raised by every change. */
  version: z.int(),
})
export type Incident = z.infer<typeof Incident>
