import { setTimeout as delay } from 'node:timers/promises'
import type { Suite } from '@corbel/core/ports'
import { expectation } from './expectation.ts'

export interface LawResult {
  readonly law: string
  readonly outcome: 'kept' | 'broken' | 'skipped'
  /** Why it is broken or skipped. */
  readonly reason?: string
}

interface Law {
  readonly name: string
  readonly run: (() => Promise<void>) | null
  readonly reason?: string
}

// A law that takes longer waits for something that never comes.
const deadlineMs = 60_000

/** Runs the laws that a suite declares, one after the other. */
export async function runSuite(
  declare: (suite: Suite) => unknown,
  report: (result: LawResult) => void,
): Promise<readonly LawResult[]> {
  const laws: Law[] = []
  await declare({
    test: (name, run) => void laws.push({ name, run }),
    skip: (name, reason) => void laws.push({ name, run: null, reason }),
    expect: expectation,
  })
  const results: LawResult[] = []
  for (const law of laws) {
    const result = await resultOf(law)
    report(result)
    results.push(result)
  }
  return results
}

async function resultOf({ name, run, reason }: Law): Promise<LawResult> {
  if (run === null) return { law: name, outcome: 'skipped', ...(reason !== undefined && { reason }) }
  const timer = new AbortController()
  try {
    await Promise.race([
      run(),
      delay(deadlineMs, undefined, { signal: timer.signal }).then(() => {
        throw new Error(`It did not end within ${deadlineMs / 1000} s.`)
      }),
    ])
    return { law: name, outcome: 'kept' }
  } catch (error) {
    return { law: name, outcome: 'broken', reason: error instanceof Error ? error.message : String(error) }
  } finally {
    timer.abort()
  }
}
