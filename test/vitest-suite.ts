import { expect, test } from 'vitest'
import type { Suite } from '@corbel/core/ports'

/** Hands vitest to a conformance suite. */
export const vitestSuite: Suite = {
  test: (name, run) => test(name, run),
  skip: (name, reason) => test.skip(`${name} (${reason})`, () => {}),
  expect,
}
