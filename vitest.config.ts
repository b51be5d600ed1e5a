import { defineConfig } from 'vitest/config'

const conditions = ['@corbel/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'examples/*/src/**/*.test.ts',
      'test/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    // The slowest files wait for processes of their own, not for this one's core.
    maxWorkers: '100%',
    // No test relies on what a module keeps, so files need no process of their own: each would load the same modules again.
    isolate: false,
    // A cold PGlite takes 2-13 s on a busy two-core machine.
    hookTimeout: 60_000,
    testTimeout: 30_000,
    execArgv: ['--conditions=@corbel/source'],
    reporters: ['default', './test/summary-reporter.ts', './test/requirements/requirements-reporter.ts'],
  },
})
