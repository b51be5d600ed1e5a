import type { PortAdapter } from './adapter.ts'

export interface Quota {
  readonly limit: number
  readonly windowMs: number
}

export interface RateLimitDecision {
  readonly allowed: boolean
  readonly limit: number
  /** Calls that would be allowed right now. */
  readonly remaining: number
  /** Milliseconds until the next call is allowed; 0 when one is allowed now. */
  readonly retryAfterMs: number
  /** Milliseconds until the whole quota is back. */
  readonly resetAfterMs: number
}

/**
 * Admits at most `limit` calls in a burst and, over time, `limit` per window (GCRA: the generic cell rate algorithm, ITU-T
 * I.371). A refused call costs nothing. Concurrent callers never get more than the quota between them.
 */
export interface RateLimiter extends PortAdapter {
  take(key: string, quota: Quota): Promise<RateLimitDecision>
}
