import { expect } from 'vitest'
import type { Suite } from '@corbel/core/ports'

/**
 * Runs a conformance suite against an adapter that is broken on purpose and returns the names of the tests that failed: a
 * law that a broken adapter passes is no law.
 */
export async function collectFailures(run: (suite: Suite) => void): Promise<readonly string[]> {
  const tests: { readonly name: string; readonly run: () => Promise<void> }[] = []
  run({ test: (name, run) => tests.push({ name, run }), skip: () => {}, expect })
  const failed: string[] = []
  for (const { name, run } of tests) {
    try {
      await run()
    } catch {
      failed.push(name)
    }
  }
  return failed
}
