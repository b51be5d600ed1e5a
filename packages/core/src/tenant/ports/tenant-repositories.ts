import type { ActivityRepository } from './activity-repository.ts'
import type { InvitationRepository } from './invitation-repository.ts'
import type { MembershipRepository } from './membership-repository.ts'
import type { RoleRepository } from './role-repository.ts'
import type { TenantLifecycleRepository } from './tenant-lifecycle-repository.ts'
import type { TenantRepository } from './tenant-repository.ts'
import type { TenantSettingsRepository } from './tenant-settings-repository.ts'
import type { WebhookRepository } from './webhook-repository.ts'

/** Everything that the tenant module keeps. */
export interface TenantRepositories {
  readonly tenants: TenantRepository
  readonly memberships: MembershipRepository
  readonly roles: RoleRepository
  readonly settings: TenantSettingsRepository
  readonly webhooks: WebhookRepository
  readonly invitations: InvitationRepository
  readonly lifecycles: TenantLifecycleRepository
  readonly activity: ActivityRepository
}
