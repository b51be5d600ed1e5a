import type { EventRecorder } from '@corbel/core/ports'
import type { TenantTables } from '@corbel/core/tenant/ports'
import type { AuthRepositories } from './auth-repositories.ts'
import type { AuthTables } from './auth-tables.memory.ts'
import { memoryEmailVerificationRepository } from './email-verification-repository.memory.ts'
import { memorySessionRepository } from './session-repository.memory.ts'
import { memoryUserRepository } from './user-repository.memory.ts'

/**
 * Reference implementation: what a conforming one does, without a database.
 *
 * @param recorder - Takes the events that a verb records together with its change.
 */
export const memoryAuthRepositories = (
  tables: AuthTables & Pick<TenantTables, 'memberships'>,
  recorder: EventRecorder,
): AuthRepositories => ({
  users: memoryUserRepository(tables),
  sessions: memorySessionRepository(tables, recorder),
  emailVerifications: memoryEmailVerificationRepository(tables, recorder),
})
