import { type Clock, systemClock } from '../kernel/clock.ts'
import type { Quota, RateLimitDecision, RateLimiter } from './rate-limiter.ts'

export interface MemoryRateLimiterOptions {
  /** @default systemClock */
  readonly clock?: Clock
}

/** Absorbs rounding: doubles near 1.8e12 ms resolve 0.0002 ms. */
const slackMs = 0.001

/** Below this many keys nothing is swept. */
const sweepFloor = 1024

/**
 * Decides one call from the theoretical arrival time (TAT) of the next conforming one: the moment at which the quota
 * would be whole again.
 */
export function decide(
  arrival: number | undefined,
  now: number,
  { limit, windowMs }: Quota,
): { readonly arrival: number; readonly decision: RateLimitDecision } {
  if (!(limit >= 1 && windowMs > 0)) {
    throw new RangeError(
      `A quota needs a limit of at least 1 and a window above 0 ms, not ${limit} per ${windowMs} ms.`,
    )
  }
  const interval = windowMs / limit
  const before = Math.max(arrival ?? now, now)
  const room = now + windowMs + slackMs
  const allowed = before + interval <= room
  const after = allowed ? before + interval : before
  const remaining = Math.max(0, Math.floor((room - after) / interval))
  const decision: RateLimitDecision = {
    allowed,
    limit,
    remaining,
    retryAfterMs: remaining > 0 ? 0 : Math.ceil(after + interval - room),
    resetAfterMs: Math.ceil(after - now - slackMs),
  }
  return { arrival: after, decision }
}

/** Limits within the process: n processes admit n quotas. Forgets keys whose quota is whole. */
export function memoryRateLimiter({ clock = systemClock }: MemoryRateLimiterOptions = {}): RateLimiter & {
  /** Keys remembered now. */
  readonly size: number
} {
  const arrivals = new Map<string, number>()
  let sweepAt = sweepFloor

  function sweep(now: number): void {
    for (const [key, arrival] of arrivals) if (arrival <= now) arrivals.delete(key)
    // Twice what is left, so that sweeping costs a constant per call.
    sweepAt = Math.max(sweepFloor, arrivals.size * 2)
  }

  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'REDIS_URL', fix: 'Set REDIS_URL, so that all processes share one quota.' },
    },
    get size() {
      return arrivals.size
    },
    take: async (key, quota) => {
      const now = clock.now().getTime()
      const { arrival, decision } = decide(arrivals.get(key), now, quota)
      arrivals.set(key, arrival)
      if (arrivals.size > sweepAt) sweep(now)
      return decision
    },
    check: async () => {},
  }
}
