import { defineConfig } from 'corbel'

/** What `npx corbel` knows of this host. Each part is imported by the commands that need it. */
export default defineConfig({
  describe: async () => (await import('./src/describe-stack.ts')).describeStack(),
  supplies: async (settings) => (await import('./src/operator-tools.ts')).suppliedSettings(settings),
  database: {
    setting: 'DATABASE_URL',
    open: async (settings) => (await import('./src/operator-tools.ts')).openDatabaseTools(settings),
  },
  redis: {
    setting: 'REDIS_URL',
    open: async (settings) => (await import('./src/operator-tools.ts')).openRedisTools(settings),
  },
  evidence: {
    checks: [
      { name: 'lint', command: ['npm', '--prefix', '../..', 'run', '-s', 'lint'] },
      { name: 'types', command: ['npm', '--prefix', '../..', 'run', '-s', 'typecheck'] },
      {
        name: 'attacks, isolation and rotation',
        command: [
          '../../node_modules/.bin/vitest',
          'run',
          '--root',
          '../..',
          'test/auth/access-token-attacks.test.ts',
          'test/auth/key-rotation.test.ts',
          'test/stack/isolation.test.ts',
        ],
      },
      {
        name: 'headless setup',
        command: [
          'npm',
          '--prefix',
          '../..',
          'run',
          '-s',
          'corbel',
          '--',
          'setup',
          '--dry-run',
          '--non-interactive',
        ],
      },
    ],
  },
  openStack: async (settings) => (await import('./src/operator-tools.ts')).openStackTools(settings),
})
