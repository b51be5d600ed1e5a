import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'
import { BACKENDS_FILE } from './backends.ts'

/** Ends every run with the back ends that were really used and, alone on the last line, the totals. */
export default class SummaryReporter implements Reporter {
  onInit(): void {
    rmSync(BACKENDS_FILE, { force: true })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      // A file that fails to load or a hook that throws has no failed test, and must not look like a pass.
      totals.failed += module.errors().length
      for (const suite of module.children.allSuites()) totals.failed += suite.errors().length
      for (const test of module.children.allTests()) totals[test.result().state] += 1
    }
    const lines = existsSync(BACKENDS_FILE)
      ? readFileSync(BACKENDS_FILE, 'utf8').split('\n').filter(Boolean)
      : []
    const backends = [...new Set(lines.map((line) => String(JSON.parse(line))))].toSorted()
    // The default reporter prints its own summary in the same hook; the process exits after both.
    process.on('exit', () => {
      console.log(`back ends: ${backends.length > 0 ? backends.join(', ') : 'none'}`)
      console.log(
        `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped + totals.pending} skipped`,
      )
    })
  }
}
