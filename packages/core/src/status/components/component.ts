import * as z from 'zod'
import { idSchema } from '../../kernel/id.ts'
import { text } from '../../kernel/text.ts'
import { oneLine } from '../one-line.ts'
import { ComponentState } from './component-state.ts'

/** About as many as there may be: callers at the same moment may come one beyond. They are read at once and shown on one page. */
export const mostComponents = 100

const threshold = z.int().min(1).max(20)
const hysteresis = {
  failures: threshold
    .default(3)
    .describe('failed checks in a row until it counts as down; one that fails is repeated soon'),
  successes: threshold.default(2).describe('passed checks in a row until it counts as up again'),
}

/** How a component is looked at. `readiness`: the ports of this deployment answer; without `ports` all of them. */
export const Check = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    url: z
      .string()
      .max(2000)
      .regex(/^https?:\/\/[!-~]+$/, 'must be an absolute https or http address'),
    status: z.int().min(100).max(599).optional().describe('the only answer that passes; without it any 2xx'),
    ...hysteresis,
  }),
  z.strictObject({
    kind: z.literal('readiness'),
    ports: z
      .array(z.string().regex(/^[a-zA-Z]{1,40}$/))
      .max(20)
      .readonly()
      .optional(),
    ...hysteresis,
  }),
])
export type Check = z.infer<typeof Check>

const position = z.int().min(0).max(100_000).describe('where it stands on the page, lowest first')

export const NewComponent = z.strictObject({
  kind: z
    .enum(['component', 'group'])
    .default('component')
    .describe('a group has others in it and no state of its own'),
  name: oneLine(100),
  description: text({ min: 0, max: 500 }).default(''),
  groupId: idSchema('cmp').nullable().default(null),
  position: position.optional().describe('without it, it is the last'),
  check: Check.nullable().default(null),
})
export type NewComponent = z.input<typeof NewComponent>

export const ComponentChange = z.strictObject({
  name: oneLine(100).optional(),
  description: text({ min: 0, max: 500 }).optional(),
  groupId: idSchema('cmp').nullable().optional(),
  position: position.optional(),
  check: Check.nullable().optional(),
  override: ComponentState.nullable()
    .optional()
    .describe('is shown whatever checks and incidents say, until it is set to null'),
})
export type ComponentChange = z.infer<typeof ComponentChange>

/** Something that users of the product know by a name, or a group of such. */
export const Component = z.object({
  id: idSchema('cmp'),
  kind: z.enum(['component', 'group']),
  name: z.string(),
  description: z.string(),
  groupId: idSchema('cmp').nullable(),
  position: z.int(),
  check: Check.nullable(),
  override: ComponentState.nullable(),
  /** Raised by every change. */
  version: z.int(),
  createdAt: z.iso.datetime(),
})
export type Component = z.infer<typeof Component>
