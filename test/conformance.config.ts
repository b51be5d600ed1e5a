import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import base from '../vitest.config.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** `npm run conformance`: every suite against every adapter, and nothing else. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], reporters: [] } },
  {
    test: {
      root,
      include: globSync('packages/*/src/**/*.test.ts', { cwd: root }).filter((file) =>
        readFileSync(`${root}/${file}`, 'utf8').includes('conforming('),
      ),
      // Only the suites: a file has tests of its own besides.
      reporters: ['default', './test/conformance-reporter.ts'],
    },
  },
)
