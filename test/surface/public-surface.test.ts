import { expect, test } from 'vitest'

const entries = {
  '@corbel/core': () => import('@corbel/core'),
  '@corbel/core/ports': () => import('@corbel/core/ports'),
  '@corbel/core/node': () => import('@corbel/core/node'),
  '@corbel/core/status': () => import('@corbel/core/status'),
  '@corbel/core/status/ports': () => import('@corbel/core/status/ports'),
  '@corbel/core/tenant': () => import('@corbel/core/tenant'),
  '@corbel/core/tenant/ports': () => import('@corbel/core/tenant/ports'),
  '@corbel/auth': () => import('@corbel/auth'),
  '@corbel/auth/ports': () => import('@corbel/auth/ports'),
  '@corbel/billing': () => import('@corbel/billing'),
  '@corbel/billing/ports': () => import('@corbel/billing/ports'),
  '@corbel/agents': () => import('@corbel/agents'),
  '@corbel/agents/ports': () => import('@corbel/agents/ports'),
  corbel: () => import('corbel'),
  '@corbel/adapters/memory': () => import('@corbel/adapters/memory'),
  '@corbel/adapters/kysely': () => import('@corbel/adapters/kysely'),
  '@corbel/adapters/postgres': () => import('@corbel/adapters/postgres'),
  '@corbel/adapters/pglite': () => import('@corbel/adapters/pglite'),
  '@corbel/adapters/file': () => import('@corbel/adapters/file'),
  '@corbel/adapters/env': () => import('@corbel/adapters/env'),
  '@corbel/adapters/inbox': () => import('@corbel/adapters/inbox'),
  '@corbel/adapters/redis': () => import('@corbel/adapters/redis'),
  '@corbel/adapters/resend': () => import('@corbel/adapters/resend'),
  '@corbel/adapters/pino': () => import('@corbel/adapters/pino'),
  '@corbel/adapters/prometheus': () => import('@corbel/adapters/prometheus'),
  '@corbel/adapters/smtp': () => import('@corbel/adapters/smtp'),
  '@corbel/adapters/node-fetcher': () => import('@corbel/adapters/node-fetcher'),
  '@corbel/adapters/filesystem': () => import('@corbel/adapters/filesystem'),
  '@corbel/adapters/s3': () => import('@corbel/adapters/s3'),
  '@corbel/adapters/opentelemetry': () => import('@corbel/adapters/opentelemetry'),
  '@corbel/adapters/argon2': () => import('@corbel/adapters/argon2'),
}

test.each(Object.entries(entries))(
  '%s exports what is published, and nothing by accident',
  async (_entry, load) => {
    expect(Object.keys(await load()).toSorted()).toMatchSnapshot()
  },
)
