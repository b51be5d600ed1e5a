import type { MembershipRepository } from './membership-repository.ts'
import type { TenantRepository } from './tenant-repository.ts'
import type { TenantSettingsRepository } from './tenant-settings-repository.ts'

/** Everything that the tenant module keeps. */
export interface TenantRepositories {
  readonly tenants: TenantRepository
  readonly memberships: MembershipRepository
  readonly settings: TenantSettingsRepository
}
