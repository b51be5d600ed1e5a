import type { Id } from '../../kernel/id.ts'
import type { Check } from '../components/component.ts'

/** What one look at a component came to. */
export interface Outcome {
  readonly passed: boolean
  /** Whole milliseconds. */
  readonly latencyMs: number
  /** Such as `HTTP 204`: no address, no secret. */
  readonly result: string
}

/** What the checks of a component have come to so far. */
export interface Probe {
  readonly componentId: Id<'cmp'>
  readonly isUp: boolean
  /** Results in a row that say otherwise. */
  readonly streak: number
  readonly checkedAt: Date
  readonly result: string
}

/** How many checks of one day there were, and how many failed. */
export interface ProbeDay {
  readonly componentId: Id<'cmp'>
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string
  readonly checks: number
  readonly failures: number
}

/** It takes several results in a row to change the state, so that one lost packet is no outage. What was never looked at is up. */
export function nextProbe(
  before: Pick<Probe, 'isUp' | 'streak'> | null,
  { passed }: Pick<Outcome, 'passed'>,
  { failures, successes }: Pick<Check, 'failures' | 'successes'>,
): Pick<Probe, 'isUp' | 'streak'> {
  const { isUp, streak } = before ?? { isUp: true, streak: 0 }
  if (passed === isUp) return { isUp, streak: 0 }
  const needed = isUp ? failures : successes
  return streak + 1 >= needed ? { isUp: passed, streak: 0 } : { isUp, streak: streak + 1 }
}

export const dayOf = (time: Date): string => time.toISOString().slice(0, 10)
