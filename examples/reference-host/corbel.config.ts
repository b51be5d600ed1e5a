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
  openStack: async (settings) => (await import('./src/operator-tools.ts')).openStackTools(settings),
})
