import { defineConfig } from 'corbel'

/** What `npx corbel` knows of this host. Each part is imported by the commands that need it. */
export default defineConfig({
  describe: async () => (await import('./src/describe-stack.ts')).describeStack(),
  supplies: async (settings) =>
    (await import('./src/operator-tools/open-tools.ts')).suppliedSettings(settings),
  database: {
    setting: 'DATABASE_URL',
    open: async (settings) =>
      (await import('./src/operator-tools/open-tools.ts')).openDatabaseTools(settings),
  },
  redis: {
    setting: 'REDIS_URL',
    open: async (settings) => (await import('./src/operator-tools/open-tools.ts')).openRedisTools(settings),
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
  secrets: {
    kept: [
      'SECRET_KEY',
      'VAULT_TOKEN',
      'VAULT_SECRET_ID',
      'SECRETS_AWS_SECRET_ACCESS_KEY',
      'SECRETS_AZURE_CLIENT_SECRET',
      'SECRETS_INFISICAL_CLIENT_SECRET',
    ],
    open: async (settings) =>
      (await import('./src/operator-tools/secret-tools.ts')).openSecretStore(settings),
  },
  providers: async (settings, options) =>
    (await import('./src/operator-tools/provider-checks.ts')).checkProviders(settings, options),
  payments: {
    secretKey: 'STRIPE_SECRET_KEY',
    webhookSecret: 'STRIPE_WEBHOOK_SECRET',
    prices: 'STRIPE_PRODUCT_PRICE_MAP',
    webhookPath: '/webhooks/stripe',
  },
  dev: { command: ['node', '--conditions=@corbel/source', 'src/main.ts'] },
  logs: {
    folder: async (settings) => (await import('./src/operator-tools/open-tools.ts')).logFolder(settings),
  },
  openStack: async (settings) =>
    (await import('./src/operator-tools/open-tools.ts')).openStackTools(settings),
})
