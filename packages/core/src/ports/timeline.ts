import { type Clock, systemClock } from '../kernel/clock.ts'
import { type ManualClock, manualClock } from '../kernel/manual-clock.ts'

/** How a suite lets time pass for the adapter under test. */
export interface Timeline {
  /** The clock that the adapter reads, or one that agrees with the engine's own. */
  readonly clock: Clock
  /** Resolves when at least `ms` milliseconds, a whole number, have passed on `clock`. */
  wait(ms: number): Promise<void>
}

/** For adapters that take a clock: nothing really waits. */
export const manualTime = (clock: ManualClock = manualClock()): Timeline => ({
  clock,
  wait: async (ms) => clock.advance(`${ms}ms`),
})

/** For adapters over engines that keep their own time. */
export const realTime: Timeline = {
  clock: systemClock,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
