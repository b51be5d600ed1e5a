import { milliseconds } from '../kernel/duration.ts'
import { KeyedDigest } from '../kernel/keyed-digest.ts'
import { on } from '../module/define-events.ts'
import type { DeliveryRoute } from '../module/delivery-route.ts'
import { defineModule, type ModuleContext } from '../module/module.ts'
import type { EventRecorder } from '../ports/outbox.ts'
import { WebhookSender } from '../ports/webhook-sender.ts'
import { ActivityFeeds } from './activity/activity-feeds.ts'
import { activityRoutes } from './activity/activity-routes.ts'
import { ActivityService } from './activity/activity-service.ts'
import { clientLogRoutes } from './client-logs/client-log-routes.ts'
import { ClientLogService } from './client-logs/client-log-service.ts'
import { contactDelivery } from './contact/contact-delivery.ts'
import { contactMail } from './contact/contact-mail.ts'
import { contactRoutes } from './contact/contact-routes.ts'
import { ContactService } from './contact/contact-service.ts'
import { platformDeliveryRoutes } from './deliveries/platform-delivery-routes.ts'
import { PlatformDeliveryService } from './deliveries/platform-delivery-service.ts'
import { featureRoutes } from './features/feature-routes.ts'
import { FeatureService } from './features/feature-service.ts'
import { invitationDelivery } from './invitations/invitation-delivery.ts'
import { invitationMail } from './invitations/invitation-mail.ts'
import { invitationRoutes } from './invitations/invitation-routes.ts'
import { invitationHours } from './invitations/invitation.ts'
import { InvitationService } from './invitations/invitation-service.ts'
import { InvitationTokens } from './invitations/invitation-tokens.ts'
import { lifecycleRoutes } from './lifecycle/lifecycle-routes.ts'
import { LifecycleService } from './lifecycle/lifecycle-service.ts'
import { tenantGate } from './lifecycle/tenant-gate.ts'
import { TenantStates } from './lifecycle/tenant-states.ts'
import { membershipRoutes } from './memberships/membership-routes.ts'
import { MembershipService } from './memberships/membership-service.ts'
import type { TenantRepositories } from './ports/tenant-repositories.ts'
import { scopesByRole, type ScopesByRole } from './roles/grant.ts'
import { roleRoutes } from './roles/role-routes.ts'
import { RoleService } from './roles/role-service.ts'
import { tenantSettingsRoutes } from './settings/tenant-settings-routes.ts'
import { TenantSettingsService } from './settings/tenant-settings-service.ts'
import { TenantErrors } from './tenant-errors.ts'
import { TenantEvents } from './tenant-events.ts'
import { TenantJobs } from './tenant-jobs.ts'
import { TenantPermissions } from './tenant-permissions.ts'
import { TenantModuleSettings } from './tenant-settings.ts'
import { tenantRoutes } from './tenants/tenant-routes.ts'
import { WebhookDeliveries } from './webhooks/webhook-deliveries.ts'
import { webhookRoutes } from './webhooks/webhook-routes.ts'
import { WebhookService } from './webhooks/webhook-service.ts'
import { UsageService } from './usage/usage-service.ts'
import { usageRoutes } from './usage/usage-routes.ts'
import { notifierDelivery } from './tenants/notifier-delivery.ts'
import { TenantService } from './tenants/tenant-service.ts'

export interface TenantServices {
  readonly tenants: TenantService
  readonly memberships: MembershipService
  readonly roles: RoleService
  readonly invitations: InvitationService
  readonly settings: TenantSettingsService
  readonly webhooks: WebhookService
  readonly webhookDeliveries: WebhookDeliveries
  readonly platformDeliveries: PlatformDeliveryService
  readonly lifecycle: LifecycleService
  readonly features: FeatureService
  readonly usage: UsageService
  readonly activity: ActivityService
  readonly contact: ContactService
  readonly clientLogs: ClientLogService
  readonly notices: DeliveryRoute
}

interface TenantState {
  readonly invitationTokens: InvitationTokens
  readonly tenantStates: TenantStates
  readonly activityFeeds: ActivityFeeds
  readonly quotaDigest: KeyedDigest
  readonly scopesByRole: ScopesByRole
}

type TenantScope = TenantRepositories & { readonly events: EventRecorder }

type Context = ModuleContext<
  TenantRepositories,
  Record<never, never>,
  typeof TenantModuleSettings,
  TenantState
>

/** Tenants, their members and their settings. */
export const tenant = () =>
  defineModule({
    name: 'tenant',
    needs: ['pubSub'],
    catalogs: {
      settings: TenantModuleSettings,
      errors: [TenantErrors],
      events: TenantEvents,
      jobs: TenantJobs,
      permissions: TenantPermissions,
      mails: [invitationMail, contactMail],
    },
    state: (platform, { invitationPepper, statusPollSeconds }): TenantState => ({
      tenantStates: new TenantStates({ ...platform, interval: milliseconds(`${statusPollSeconds}s`) }),
      invitationTokens: new InvitationTokens(invitationPepper.reveal()),
      activityFeeds: new ActivityFeeds(platform),
      quotaDigest: new KeyedDigest(invitationPepper.reveal()),
      scopesByRole: scopesByRole(platform.permissions),
    }),
    services: ({ repositories, platform, settings, state, usage, transaction }: Context): TenantServices => {
      const deps = {
        ...platform,
        ...state,
        ...repositories,
        contactRecipient: settings.contactRecipient,
        usage,
        clientLogSecret: settings.clientLogSecret,
        webhookSender: new WebhookSender(platform),
        transaction: <T>(work: (scope: TenantScope) => Promise<T>) =>
          transaction(({ repositories: bound, events }) => work({ ...bound, events })),
      }
      return {
        tenants: new TenantService(deps),
        memberships: new MembershipService(deps),
        roles: new RoleService(deps),
        invitations: new InvitationService(deps),
        settings: new TenantSettingsService(deps),
        webhooks: new WebhookService(deps),
        webhookDeliveries: new WebhookDeliveries(deps),
        platformDeliveries: new PlatformDeliveryService(deps),
        features: new FeatureService(deps),
        usage: new UsageService(deps),
        activity: new ActivityService(deps),
        contact: new ContactService(deps),
        clientLogs: new ClientLogService(deps),
        notices: notifierDelivery({ ...deps, notifierChannels: settings.notifierChannels }),
        lifecycle: new LifecycleService({
          ...deps,
          inviteOwner: (scope, id, email, origin) =>
            new InvitationService({ ...deps, ...scope, transaction: (work) => work(scope) }).createFor(
              id,
              { email, role: 'owner', expiresInHours: invitationHours.default },
              origin,
            ),
        }),
      }
    },
    personalData: ({ memberships }) => memberships,
    usage: ({ usage }) => usage,
    routes: ({
      tenants,
      memberships,
      roles,
      invitations,
      settings,
      webhooks,
      platformDeliveries,
      lifecycle,
      features,
      usage,
      activity,
      contact,
      clientLogs,
    }) => [
      ...tenantRoutes(tenants),
      ...membershipRoutes(memberships),
      ...roleRoutes(roles),
      ...invitationRoutes(invitations),
      ...tenantSettingsRoutes(settings),
      ...webhookRoutes(webhooks),
      ...platformDeliveryRoutes(platformDeliveries),
      ...featureRoutes(features),
      ...usageRoutes(usage),
      ...activityRoutes(activity),
      ...contactRoutes(contact),
      ...clientLogRoutes(clientLogs),
      ...lifecycleRoutes(lifecycle, features),
    ],
    deliveries: ({ webhookDeliveries, invitations, contact, notices }) => [
      contactDelivery(contact),
      webhookDeliveries,
      notices,
      invitationDelivery(invitations),
    ],
    gate: ({ lifecycle }) => tenantGate(lifecycle),
    handlers: ({ lifecycle, activity }) => [
      ...activity.handlers(),
      on(TenantEvents.statusChanged, ({ tenantId, payload }) => lifecycle.follow(tenantId, payload.status)),
    ],
    jobs: ({ invitations, activity }) => [
      { job: TenantJobs.purgeInvitations, run: async () => void (await invitations.purge()) },
      { job: TenantJobs.purgeActivity, run: async () => void (await activity.purge()) },
    ],
    start: ({ lifecycle }) => lifecycle.refresh(),
  })
