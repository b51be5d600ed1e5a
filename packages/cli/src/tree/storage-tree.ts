import { buildRouteMap } from '@stricli/core'
import type { CliContext } from '../run/cli-context.ts'
import { command } from '../run/command.ts'

const migrate = buildRouteMap<string, CliContext>({
  docs: { brief: 'The schema of the database' },
  routes: {
    plan: command({
      kind: 'print',
      brief: 'Print the SQL of what is pending; changes nothing',
      load: () => import('../commands/db-migrate-plan.ts'),
    }),
    apply: command({
      kind: 'change',
      brief: 'Apply all that is pending, or nothing',
      load: () => import('../commands/db-migrate-apply.ts'),
    }),
  },
})

export const dbRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'The database' },
  routes: {
    check: command({
      kind: 'check',
      brief: 'Fail when it does not answer',
      load: () => import('../commands/db-check.ts'),
    }),
    migrate,
    seed: command({
      kind: 'change',
      brief: 'Put in what a newcomer needs; run again it adds nothing',
      load: () => import('../commands/db-seed.ts'),
    }),
    status: command({
      kind: 'check',
      brief: 'Fail when migrations are pending',
      load: () => import('../commands/db-status.ts'),
    }),
  },
})

export const redisRoutes = buildRouteMap<string, CliContext>({
  docs: { brief: 'Redis' },
  routes: {
    check: command({
      kind: 'check',
      brief: 'Fail when it does not answer',
      load: () => import('../commands/redis-check.ts'),
    }),
  },
})
