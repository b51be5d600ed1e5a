import type { IntervalJobSpec } from '../module/define-jobs.ts'
import type { DeliveryRoute } from '../module/delivery-route.ts'
import { defineModule, type ModuleContext } from '../module/module.ts'
import type { Counter } from '../ports/meter.ts'
import { WebhookSender } from '../ports/webhook-sender.ts'
import { componentRoutes } from './components/component-routes.ts'
import { ComponentService } from './components/component-service.ts'
import { incidentRoutes } from './incidents/incident-routes.ts'
import { IncidentService } from './incidents/incident-service.ts'
import { maintenanceRoutes } from './maintenance/maintenance-routes.ts'
import { MaintenanceService } from './maintenance/maintenance-service.ts'
import { pageRoutes } from './page/page-routes.ts'
import { PageService } from './page/page-service.ts'
import { StatusCache } from './page/status-cache.ts'
import type { StatusRepositories } from './ports/status-repositories.ts'
import { ProbeService } from './probes/probe-service.ts'
import { Prober } from './probes/prober.ts'
import { notifierDelivery } from './subscriptions/notifier-delivery.ts'
import { subscriptionDeliveries } from './subscriptions/subscription-deliveries.ts'
import { bulletinMail, confirmationMail } from './subscriptions/subscription-mails.ts'
import { subscriptionRoutes } from './subscriptions/subscription-routes.ts'
import { SubscriptionService } from './subscriptions/subscription-service.ts'
import { SubscriptionTokens } from './subscriptions/subscription-tokens.ts'
import { StatusErrors } from './status-errors.ts'
import { StatusEvents } from './status-events.ts'
import { StatusJobs } from './status-jobs.ts'
import { StatusMetrics } from './status-metrics.ts'
import { StatusPermissions } from './status-permissions.ts'
import { StatusSettings } from './status-settings.ts'
import type { StatusTransaction } from './status-scope.ts'

export interface StatusServices {
  readonly components: ComponentService
  readonly incidents: IncidentService
  readonly maintenance: MaintenanceService
  readonly probes: ProbeService
  readonly page: PageService
  readonly subscriptions: SubscriptionService
  readonly deliveries: readonly DeliveryRoute[]
  /** As often as the settings say. */
  readonly probeJob: IntervalJobSpec
}

interface StatusState {
  readonly statusCache: StatusCache
  readonly subscriptionTokens: SubscriptionTokens
  readonly probesNoted: Counter
  readonly transitions: Counter
}

type Context = ModuleContext<StatusRepositories, Record<never, never>, typeof StatusSettings, StatusState>

/** What a job that runs by itself is given. */
interface Tick {
  readonly tick: string
}

/** The status page of the deployment: what works, what does not, and what is said about it. */
export const status = () =>
  defineModule({
    name: 'status',
    needs: ['fetcher'],
    catalogs: {
      settings: StatusSettings,
      errors: [StatusErrors],
      events: StatusEvents,
      jobs: StatusJobs,
      metrics: StatusMetrics,
      permissions: StatusPermissions,
      mails: [confirmationMail, bulletinMail],
    },
    state: (platform, { subscriptionPepper }): StatusState => ({
      statusCache: new StatusCache(platform),
      subscriptionTokens: new SubscriptionTokens(subscriptionPepper.reveal()),
      probesNoted: platform.meter.counter(StatusMetrics.probes),
      transitions: platform.meter.counter(StatusMetrics.transitions),
    }),
    services: ({
      repositories,
      platform,
      settings,
      state,
      transaction,
      onCommit,
    }: Context): StatusServices => {
      const inTransaction: StatusTransaction = async (work) => {
        const result = await transaction(({ repositories: bound, events }) => work({ ...bound, events }))
        onCommit(() => state.statusCache.expire())
        return result
      }
      const deps = {
        ...platform,
        ...state,
        ...repositories,
        prober: new Prober(platform),
        repeatMs: settings.probeSeconds * 100,
        webhookSender: new WebhookSender(platform),
        transaction: inTransaction,
      }
      const subscriptions = new SubscriptionService(deps)
      return {
        components: new ComponentService(deps),
        incidents: new IncidentService(deps),
        maintenance: new MaintenanceService(deps),
        probes: new ProbeService(deps),
        page: new PageService(deps),
        subscriptions,
        probeJob: { ...StatusJobs.probe, every: `${settings.probeSeconds}s` },
        deliveries: [
          ...subscriptionDeliveries({ ...deps, subscriptionService: subscriptions }),
          notifierDelivery({ ...deps, notifierChannels: settings.notifierChannels }),
        ],
      }
    },
    routes: ({ components, incidents, maintenance, page, subscriptions }) => [
      ...pageRoutes(page),
      ...componentRoutes(components),
      ...incidentRoutes(incidents),
      ...maintenanceRoutes(maintenance),
      ...subscriptionRoutes(subscriptions),
    ],
    deliveries: ({ deliveries }) => deliveries,
    jobs: ({ maintenance, probeJob, probes, subscriptions }) => [
      { job: probeJob, run: ({ payload, signal }) => probes.run(new Date((payload as Tick).tick), signal) },
      { job: StatusJobs.trimOutcomes, run: () => probes.trim() },
      { job: StatusJobs.advanceMaintenance, run: () => maintenance.advance() },
      { job: StatusJobs.purgeSubscriptions, run: () => subscriptions.purge() },
    ],
    // What was read once can be shown while the database is down.
    start: async ({ page }) => void (await page.summary()),
  })
