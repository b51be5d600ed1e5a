import type { Clock } from './clock.ts'
import { type Duration, milliseconds } from './duration.ts'

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** @throws RangeError when the text is not a {@link Duration}. */
  advance(duration: Duration): void
}

export function manualClock(start: Date = new Date('2026-01-01T00:00:00Z')): ManualClock {
  let time = start.getTime()
  return {
    now: () => new Date(time),
    advance: (duration) => {
      time += milliseconds(duration)
    },
  }
}
