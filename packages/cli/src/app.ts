import { type Application, buildApplication, buildRouteMap } from '@stricli/core'
import type { CliContext } from './run/cli-context.ts'
import { apiRoutes, configRoutes, programRoutes } from './tree/catalog-tree.ts'
import { authRoutes, ssoRoutes, usersRoutes } from './tree/auth-tree.ts'
import { deliveriesRoutes } from './tree/delivery-tree.ts'
import { envRoutes } from './tree/env-tree.ts'
import { infraRoutes, logsRoutes } from './tree/machine-tree.ts'
import { stripeRoutes, usageRoutes } from './tree/payment-tree.ts'
import { dev, newRoutes, providersRoutes } from './tree/project-tree.ts'
import { releaseRoutes } from './tree/release-tree.ts'
import { secretsRoutes } from './tree/secrets-tree.ts'
import { statusRoutes } from './tree/status-tree.ts'
import { dbRoutes, redisRoutes } from './tree/storage-tree.ts'
import { readVersion } from './version.ts'

/** The whole program: every command by its words. Commands are loaded when they are called. */
export const app: Application<CliContext> = buildApplication<CliContext>(
  buildRouteMap<string, CliContext>({
    docs: { brief: 'Sets up, checks and operates a Corbel stack.', hideRoute: { complete: true } },
    routes: {
      ...programRoutes,
      env: envRoutes,
      config: configRoutes,
      db: dbRoutes,
      redis: redisRoutes,
      auth: authRoutes,
      secrets: secretsRoutes,
      sso: ssoRoutes,
      users: usersRoutes,
      providers: providersRoutes,
      stripe: stripeRoutes,
      usage: usageRoutes,
      status: statusRoutes,
      deliveries: deliveriesRoutes,
      logs: logsRoutes,
      infra: infraRoutes,
      new: newRoutes,
      dev,
      api: apiRoutes,
      release: releaseRoutes,
    },
  }),
  {
    name: 'corbel',
    versionInfo: { getCurrentVersion: async () => readVersion() },
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { caseStyle: 'convert-camel-to-kebab', useAliasInUsageLine: true },
  },
)
