import * as z from 'zod'

/** From best to worst. `maintenance` is announced work: it is told before trouble, for it explains it. */
export const componentStates = [
  'operational',
  'degraded',
  'partial_outage',
  'major_outage',
  'maintenance',
] as const

export const ComponentState = z.enum(componentStates)
export type ComponentState = z.infer<typeof ComponentState>

/** The worst of them; `operational` for none. */
export const worstState = (states: Iterable<ComponentState>): ComponentState => {
  let worst = 0
  for (const state of states) worst = Math.max(worst, componentStates.indexOf(state))
  return componentStates[worst] ?? 'operational'
}
