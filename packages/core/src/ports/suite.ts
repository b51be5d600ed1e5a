/** The assertions that the suites use, of the shape that vitest, jest and `expect` share. */
export interface Expectation {
  readonly not: Expectation
  readonly rejects: AsyncExpectation
  toBe(expected: unknown): void
  toEqual(expected: unknown): void
  toMatchObject(expected: object): void
  toHaveLength(expected: number): void
  toContain(expected: unknown): void
  toBeGreaterThan(expected: number): void
  toBeLessThanOrEqual(expected: number): void
}

export interface AsyncExpectation {
  toThrow(expected?: string | RegExp): Promise<void>
  toMatchObject(expected: object): Promise<void>
}

/** The part of a test runner that a conformance suite needs, handed in so that the suite ships without one. */
export interface Suite {
  test(name: string, run: () => Promise<void>): void
  /** A law that this adapter does not keep, and why. */
  skip(name: string, reason: string): void
  expect(value: unknown): Expectation
}

/** Number of concurrent callers with which the suites race every one-shot. */
export const racers = 64

/** Starts `racers` calls in the same turn and returns what each came to. */
export const race = <T>(call: (racer: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> =>
  Promise.allSettled(Array.from({ length: racers }, (_, racer) => call(racer)))

/** The values of the calls that succeeded. */
export const winners = <T>(results: readonly PromiseSettledResult<T>[]): T[] =>
  results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
