// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export { type Activity, type ActivityFilter, type ActivityItem, mostUnread } from '../activity/activity.ts'
export type { InvitationId } from '../invitations/invitation.ts'
export type { FeatureOverrides } from '../features/features.ts'
export type { PlatformTenant, StatusNote, TenantStatus } from '../lifecycle/lifecycle.ts'
export { Role, type Membership } from '../memberships/membership.ts'
export type { TenantSettings, TenantSettingsValues } from '../settings/tenant-settings.ts'
export { TenantErrors } from '../tenant-errors.ts'
export type { Tenant, TenantId } from '../tenants/tenant.ts'
export type {
  ActivityBounds,
  ActivityReader,
  ActivityRepository,
  PlacedActivity,
} from './activity-repository.ts'
export type { InvitationRecord, InvitationRepository } from './invitation-repository.ts'
export type { MembershipRepository } from './membership-repository.ts'
export type { RoleRecord, RoleRepository } from './role-repository.ts'
export { type Grant, grantOf } from '../roles/grant.ts'
export type { RoleId } from '../roles/custom-role.ts'
export type { TenantRepositories } from './tenant-repositories.ts'
export { tenantRepositoriesConformance } from './tenant-repositories.conformance.ts'
export type { StatusTransition, TenantLifecycleRepository } from './tenant-lifecycle-repository.ts'
export { memoryTenantRepositories } from './tenant-repositories.memory.ts'
export type { TenantCounts, TenantRepository } from './tenant-repository.ts'
export type { TenantSettingsRepository } from './tenant-settings-repository.ts'
export { membershipKey, type TenantTables, tenantTables } from './tenant-tables.memory.ts'
export type { StoredWebhook, WebhookRepository } from './webhook-repository.ts'
export type { StoredSecret } from '../../ports/webhook-sender.ts'
export type { DisabledReason } from '../webhooks/webhook.ts'
export type { TenantStorage } from './samples.conformance.ts'
