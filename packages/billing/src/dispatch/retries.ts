import { DomainError } from '@corbel/core'
import { GatewayErrors } from '../gateway/gateway-errors.ts'

// 15 attempts with the delays below span about half a day, at most one.
export const mostAttempts = 15
/** Attempts in a row that ended with their process, or never: some are bad luck, so many are the event itself. */
export const mostLapses = 5
const firstDelayMs = 2_000
const longestDelayMs = 3 * 3_600_000
const busyDelayMs = 30_000
const longestNote = 500

/** Failures that say nothing about the event: they cost no attempt. */
const passing: ReadonlySet<string> = new Set([
  GatewayErrors.busy.code,
  GatewayErrors.unavailable.code,
  GatewayErrors.misconfigured.code,
])

/** Whether it says nothing about what was to be done, only that it was not, or perhaps not. */
export const isPassing = (error: unknown): boolean => error instanceof DomainError && passing.has(error.code)

/** Half of it is random: what failed together must not come back together. */
export function retryDelayMs(
  error: unknown,
  attempts: number,
): { readonly uncounted: boolean; readonly delayMs: number } {
  const uncounted = isPassing(error)
  const asked = error instanceof DomainError ? (error.details.retryAfter ?? 0) * 1000 : 0
  const longest = uncounted ? busyDelayMs : Math.min(longestDelayMs, firstDelayMs * 2 ** attempts)
  return {
    uncounted,
    delayMs: Math.max((0.5 + Math.random() / 2) * longest, Math.min(asked, longestDelayMs)),
  }
}

/** The text of a `DomainError` is meant for callers; that of others may hold anything. */
export function noteOf(error: unknown): string {
  if (!(error instanceof DomainError)) return error instanceof Error ? error.name : 'unknown'
  const { detail } = error.details
  return (detail === undefined ? error.code : `${error.code}: ${detail}`).slice(0, longestNote)
}
