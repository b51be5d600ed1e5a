import { expect, test } from 'vitest'
import type { Suite } from '@corbel/core/ports'
import { recordLaw } from './conformance-record.ts'

/**
 * Hands vitest to a conformance suite, and notes what came of each law for the matrix of `npm run conformance`.
 *
 * @param port - What the suite is the law of, as people call it.
 * @param adapter - The technology that is put to it.
 */
export const conforming = (port: string, adapter: string): Suite => ({
  test: (law, run) =>
    test(law, async () => {
      // Overwritten when the test passes: what throws, or never ends, has failed.
      recordLaw({ port, adapter, law, outcome: 'failed' })
      await run()
      recordLaw({ port, adapter, law, outcome: 'passed' })
    }),
  skip(law, reason) {
    recordLaw({ port, adapter, law, outcome: 'skipped', reason })
    test.skip(`${law} (${reason})`, () => {})
  },
  expect,
})
