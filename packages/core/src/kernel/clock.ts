/** The only source of "now". Tests hand in their own, so that nothing waits for time to pass. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** Whole seconds since the epoch, as JWT's NumericDate counts them (RFC 7519 §2). */
export const epochSeconds = (date: Date): number => Math.floor(date.getTime() / 1000)
