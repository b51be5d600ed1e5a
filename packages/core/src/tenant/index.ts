export {
  Activity,
  ActivityFilter,
  ActivityItem,
  ActivityNotice,
  ActivityPage,
  ActivityQuery,
} from './activity/activity.ts'
export { activityContract } from './activity/activity-contract.ts'
export { ActivityService, type ActivityServiceDeps } from './activity/activity-service.ts'
export { ClientLog } from './client-logs/client-log.ts'
export { clientLogContract } from './client-logs/client-log-contract.ts'
export {
  type ClientLogProof,
  ClientLogService,
  type ClientLogServiceDeps,
} from './client-logs/client-log-service.ts'
export { ContactMessage } from './contact/contact.ts'
export { contactContract } from './contact/contact-contract.ts'
export { ContactService, type ContactServiceDeps } from './contact/contact-service.ts'
export { PlatformDelivery, PlatformDeliveryQuery } from './deliveries/platform-delivery.ts'
export { platformDeliveryContract } from './deliveries/platform-delivery-contract.ts'
export {
  PlatformDeliveryService,
  type PlatformDeliveryServiceDeps,
} from './deliveries/platform-delivery-service.ts'
export {
  AcceptInvitation,
  Invitation,
  invitationHours,
  type InvitationId,
  InvitationPolicy,
  InvitationToken,
  NewInvitation,
} from './invitations/invitation.ts'
export { invitationContract } from './invitations/invitation-contract.ts'
export {
  InvitationService,
  type InvitationServiceDeps,
  type Redemption,
} from './invitations/invitation-service.ts'
export {
  ChangeRole,
  mayAssign,
  Membership,
  NewMember,
  Role,
  type RoleChoice,
  roles,
  TransferOwnership,
} from './memberships/membership.ts'
export { membershipContract } from './memberships/membership-contract.ts'
export {
  type Actor,
  MembershipService,
  type MembershipServiceDeps,
} from './memberships/membership-service.ts'
export { CustomRole, CustomRoleChange, NewCustomRole, type RoleId } from './roles/custom-role.ts'
export { type Grant, scopesByRole, type ScopesByRole, scopesOf } from './roles/grant.ts'
export { roleContract } from './roles/role-contract.ts'
export { RoleService, type RoleServiceDeps } from './roles/role-service.ts'
export { TenantSettings, TenantSettingsValues } from './settings/tenant-settings.ts'
export { tenantSettingsContract } from './settings/tenant-settings-contract.ts'
export { TenantSettingsService, type TenantSettingsServiceDeps } from './settings/tenant-settings-service.ts'
export { ChangeFeatures, FeatureOverrides, Features } from './features/features.ts'
export { featureContract } from './features/feature-contract.ts'
export { FeatureService, type FeatureServiceDeps } from './features/feature-service.ts'
export { Usage, UsageQuery } from './usage/usage.ts'
export { usageContract } from './usage/usage-contract.ts'
export { UsageService, type UsageServiceDeps } from './usage/usage-service.ts'
export {
  ErasureReport,
  NewPlatformTenant,
  PlatformTenant,
  PlatformTenantQuery,
  StatusChange,
  TenantStatus,
} from './lifecycle/lifecycle.ts'
export { lifecycleContract } from './lifecycle/lifecycle-contract.ts'
export { LifecycleService } from './lifecycle/lifecycle-service.ts'
export { TenantErrors } from './tenant-errors.ts'
export { TenantEvents } from './tenant-events.ts'
export { TenantJobs } from './tenant-jobs.ts'
export { tenant, type TenantServices } from './tenant-module.ts'
export { TenantPermissions } from './tenant-permissions.ts'
export { TenantModuleSettings } from './tenant-settings.ts'
export { RenameTenant, Tenant, type TenantId, TenantName } from './tenants/tenant.ts'
export { Webhook } from './webhooks/webhook.ts'
export { webhookContract } from './webhooks/webhook-contract.ts'
export { WebhookService, type WebhookServiceDeps } from './webhooks/webhook-service.ts'
export { tenantContract } from './tenants/tenant-contract.ts'
export { TenantService, type TenantServiceDeps } from './tenants/tenant-service.ts'
