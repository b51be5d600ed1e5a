import { memoryMembershipRepository } from './membership-repository.memory.ts'
import type { TenantRepositories } from './tenant-repositories.ts'
import { memoryTenantRepository } from './tenant-repository.memory.ts'
import { memoryTenantSettingsRepository } from './tenant-settings-repository.memory.ts'
import type { TenantTables } from './tenant-tables.memory.ts'

/** Reference implementation: what a conforming one does, without a database. Every verb is one turn of the event loop. */
export const memoryTenantRepositories = (tables: TenantTables): TenantRepositories => ({
  tenants: memoryTenantRepository(tables),
  memberships: memoryMembershipRepository(tables),
  settings: memoryTenantSettingsRepository(tables),
})
