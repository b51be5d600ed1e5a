import { inspect } from 'node:util'
import type { AsyncExpectation, Expectation } from '@corbel/core/ports'
import { equal } from './equal.ts'

/** A sentence of a law that does not hold. */
export class LawBroken extends Error {
  override readonly name = 'LawBroken'
}

/** The assertions that the conformance suites use, without a test runner. */
export const expectation = (actual: unknown): Expectation => positive(actual, false)

function positive(actual: unknown, negated: boolean): Expectation {
  const verdict = (holds: boolean, relation: string, expected: unknown): void => {
    if (holds === negated)
      throw new LawBroken(`expected ${shown(actual)} ${negated ? 'not ' : ''}${relation} ${shown(expected)}`)
  }
  return {
    get not() {
      return positive(actual, !negated)
    },
    get rejects() {
      return asyncExpectation(actual)
    },
    toBe: (expected) => verdict(Object.is(actual, expected), 'to be', expected),
    toEqual: (expected) => verdict(equal(actual, expected), 'to equal', expected),
    toMatchObject: (expected) => verdict(equal(actual, expected, true), 'to match', expected),
    toHaveLength: (expected) =>
      verdict((actual as { length?: number }).length === expected, 'to have the length', expected),
    toContain: (expected) => verdict(contains(actual, expected), 'to contain', expected),
    toBeGreaterThan: (expected) => verdict((actual as number) > expected, 'to be greater than', expected),
    toBeLessThanOrEqual: (expected) => verdict((actual as number) <= expected, 'to be at most', expected),
  }
}

const contains = (actual: unknown, expected: unknown): boolean =>
  typeof actual === 'string'
    ? actual.includes(String(expected))
    : [...(actual as Iterable<unknown>)].some((item) => Object.is(item, expected))

function asyncExpectation(actual: unknown): AsyncExpectation {
  const reason = async (): Promise<unknown> => {
    try {
      await (typeof actual === 'function' ? (actual as () => unknown)() : actual)
    } catch (error) {
      return error
    }
    throw new LawBroken('expected a rejection, but it was fulfilled')
  }
  return {
    async toThrow(expected) {
      const { message } = (await reason()) as Error
      const fits =
        expected === undefined ||
        (typeof expected === 'string' ? message.includes(expected) : expected.test(message))
      if (!fits)
        throw new LawBroken(`expected an error with ${shown(expected)}, but it says ${shown(message)}`)
    },
    toMatchObject: async (expected) => positive(await reason(), false).toMatchObject(expected),
  }
}

const shown = (value: unknown): string => inspect(value, { depth: 4, breakLength: 100, maxStringLength: 500 })
