import { type Clock, systemClock } from '../kernel/clock.ts'
import type { Lease, LockOptions } from './lock.ts'

const firstPauseMs = 5
const longestPauseMs = 100

/** Also the law about `leaseMs`, so that each adapter refuses the same values. */
export function checkLeaseMs(leaseMs: number): void {
  if (Number.isSafeInteger(leaseMs) && leaseMs >= 1) return
  throw new RangeError(`leaseMs must be a whole number of at least 1, not ${leaseMs}.`)
}

/**
 * For adapters whose engine cannot queue callers: calls `attempt` until it gives a lease or `waitMs` have passed on
 * `clock`. Pauses grow from 5 to 100 ms, and half of each is random, so that rivals do not call in step.
 */
export async function acquireByTrying(
  attempt: () => Promise<Lease | null>,
  { waitMs = 0 }: LockOptions,
  clock: Clock = systemClock,
): Promise<Lease | null> {
  const giveUpAt = clock.now().getTime() + waitMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const lease = await attempt()
    if (lease !== null || clock.now().getTime() >= giveUpAt) return lease
    const pause = pauseMs * (0.5 + Math.random() / 2)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
