import { sessions0002 } from './auth/migrations/0002-sessions.ts'
import { users0001 } from './auth/migrations/0001-users.ts'
import type { Migration } from './migration.ts'
import { idempotencyKeys0002 } from './platform/migrations/0002-idempotency-keys.ts'
import { jobs0003 } from './platform/migrations/0003-jobs.ts'
import { outbox0001 } from './platform/migrations/0001-outbox.ts'
import { tenants0001 } from './tenant/migrations/0001-tenants.ts'

/** Every migration, modules in the order in which they build on each other. New ones go to the end of their module. */
export const migrations: readonly Migration[] = [
  outbox0001,
  idempotencyKeys0002,
  jobs0003,
  tenants0001,
  users0001,
  sessions0002,
]
