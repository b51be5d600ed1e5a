import { writeSync } from 'node:fs'
import { expect } from 'vitest'

export type Figures = Readonly<Record<string, number | string | boolean>>

/** A demand on the figures of a fault, by the sentence that a failure is to show. */
export type Demands = Readonly<Record<string, boolean>>

/** The demands that were not met. */
export const unmet = (demands: Demands): readonly string[] =>
  Object.entries(demands).flatMap(([sentence, met]) => (met ? [] : [sentence]))

/**
 * Prints the one line of a fault and fails when a demand is not met, or when the same demands found nothing wrong with the bad
 * control: then they prove nothing.
 */
export function expectFault(id: string, figures: Figures, demands: Demands, control: Demands): void {
  const missed = unmet(demands)
  const caught = unmet(control)
  const pass = missed.length === 0 && caught.length > 0
  const line = {
    id,
    pass,
    figures: { ...figures, controlCaught: caught.length },
    ...(missed.length > 0 && { missed }),
  }
  // Not by the console: vitest would put its own lines around it.
  writeSync(1, `${JSON.stringify(line)}\n`)
  expect(missed, `${id} ${JSON.stringify(figures)}`).toEqual([])
  expect(caught, `${id}: the bad control was not caught`).not.toEqual([])
}

/** Milliseconds, without the digits that mean nothing. */
export const ms = (value: number): number => Math.round(value)

/** The value below which the part `q` of the values lies; 0 without any. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
}
