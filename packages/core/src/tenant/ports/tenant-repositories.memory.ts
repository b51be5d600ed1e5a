import { memoryActivityRepository } from './activity-repository.memory.ts'
import { memoryInvitationRepository } from './invitation-repository.memory.ts'
import { memoryMembershipRepository } from './membership-repository.memory.ts'
import { memoryRoleRepository } from './role-repository.memory.ts'
import type { TenantRepositories } from './tenant-repositories.ts'
import { memoryTenantLifecycleRepository } from './tenant-lifecycle-repository.memory.ts'
import { memoryTenantRepository } from './tenant-repository.memory.ts'
import { memoryTenantSettingsRepository } from './tenant-settings-repository.memory.ts'
import { memoryWebhookRepository } from './webhook-repository.memory.ts'
import type { TenantTables } from './tenant-tables.memory.ts'

/** Reference implementation: what a conforming one does, without a database. Every verb is one turn of the event loop. */
export const memoryTenantRepositories = (tables: TenantTables): TenantRepositories => ({
  tenants: memoryTenantRepository(tables),
  memberships: memoryMembershipRepository(tables),
  roles: memoryRoleRepository(tables),
  settings: memoryTenantSettingsRepository(tables),
  webhooks: memoryWebhookRepository(tables),
  invitations: memoryInvitationRepository(tables),
  lifecycles: memoryTenantLifecycleRepository(tables),
  activity: memoryActivityRepository(tables),
})
