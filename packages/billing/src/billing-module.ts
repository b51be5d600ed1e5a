import {
  before,
  defineModule,
  type ModuleContext,
  type Platform,
  type Profile,
  refuseStart,
  Secret,
  standInProblems,
  type Transaction,
} from '@corbel/core'
import type { Counter, EventRecorder, JobRecorder } from '@corbel/core/ports'
import { BillingErrors } from './billing-errors.ts'
import { BillingEvents } from './billing-events.ts'
import { BillingJobs } from './billing-jobs.ts'
import { BillingMetrics } from './billing-metrics.ts'
import { BillingPermissions } from './billing-permissions.ts'
import { BillingSettings } from './billing-settings.ts'
import { defaultPlans } from './catalog/default-plans.ts'
import type { PlanCatalog } from './catalog/plan.ts'
import { CommandService } from './commands/command-service.ts'
import { ObjectRefresh } from './commands/object-refresh.ts'
import { InboxDispatcher } from './dispatch/inbox-dispatcher.ts'
import { GatewayErrors } from './gateway/gateway-errors.ts'
import { InsertBatch } from './inbox/insert-batch.ts'
import { inboxRoutes } from './inbox/inbox-routes.ts'
import { InboxService } from './inbox/inbox-service.ts'
import { IntakeService } from './inbox/intake-service.ts'
import { webhookRoutes } from './inbox/webhook-routes.ts'
import type { BillingRepositories } from './ports/billing-repositories.ts'
import type { InboxDraft } from './ports/inbox-repository.ts'
import type { PaymentGateway } from './ports/payment-gateway.ts'
import { inboxGauges } from './inbox/inbox-gauges.ts'
import { EntitlementService } from './entitlements/entitlement-service.ts'
import { entitlementRoutes } from './entitlements/entitlement-routes.ts'
import { SubscriptionStanding } from './entitlements/subscription-standing.ts'
import { UsageExport } from './usage/usage-export.ts'
import { usageGauges } from './usage/usage-gauges.ts'
import { usageRoutes } from './usage/usage-routes.ts'
import { UsageService } from './usage/usage-service.ts'
import { QuotaService } from './quotas/quota-service.ts'
import type { TenantDirectory } from './ports/tenant-directory.ts'
import { CustomerService } from './subscriptions/customer-service.ts'
import { PaymentService } from './subscriptions/payment-service.ts'
import { PreviewTokens } from './subscriptions/preview-tokens.ts'
import { PriceBook } from './subscriptions/price-book.ts'
import { subscriptionRoutes } from './subscriptions/subscription-routes.ts'
import { SubscriptionService } from './subscriptions/subscription-service.ts'

export interface BillingOptions {
  /** Takes the money. Without one, or while `ENABLE_BILLING` is off, whatever needs it answers `billing/not-configured`. */
  readonly gateway?: PaymentGateway
  /** Secrets that the gateway signs its events with, beside those of `STRIPE_WEBHOOK_SECRET`. */
  readonly webhookSecrets?: readonly Secret[]
  /** What is sold. @default {@link defaultPlans} */
  readonly plans?: PlanCatalog
}

/** What billing needs of other modules. */
export interface BillingUses {
  readonly tenant: TenantDirectory
}

export interface BillingServices {
  readonly intake: IntakeService
  readonly dispatcher: InboxDispatcher
  readonly inbox: InboxService
  readonly commands: CommandService<BillingScope>
  readonly usage: UsageService
  readonly usageExport: UsageExport
  readonly entitlements: EntitlementService
  readonly quotas: QuotaService
  readonly subscriptions: SubscriptionService
  readonly payments: PaymentService
  /** Whether this process looks for events that are due again. */
  readonly retries: boolean
  readonly profile: Profile
  /** What takes the money, for a start to look at; nothing while billing is off. */
  readonly standIns: { readonly gateway?: PaymentGateway }
  forgetEnded(): Promise<number>
  measure(): void
}

interface BillingState {
  readonly insertBatch: InsertBatch<InboxDraft, boolean>
  readonly received: Counter
  readonly ended: Counter
  readonly usageReported: Counter
  readonly prices: PriceBook
}

type Context = ModuleContext<BillingRepositories, BillingUses, typeof BillingSettings, BillingState>
type BillingScope = BillingRepositories & { readonly events: EventRecorder; readonly jobs: JobRecorder }

/** Plans, subscriptions, invoices, usage and entitlements. */
export const billing = ({ gateway: given, webhookSecrets = [], plans = defaultPlans }: BillingOptions = {}) =>
  defineModule({
    name: 'billing',
    catalogs: {
      settings: BillingSettings,
      errors: [BillingErrors, GatewayErrors],
      events: BillingEvents,
      jobs: BillingJobs,
      metrics: BillingMetrics,
      permissions: BillingPermissions,
    },
    state: ({ meter }: Platform, settings): BillingState => ({
      prices: new PriceBook(plans, settings.enabled && given ? given.catalog : null, settings.prices),
      insertBatch: new InsertBatch(200),
      received: meter.counter(BillingMetrics.received),
      ended: meter.counter(BillingMetrics.applied),
      usageReported: meter.counter(BillingMetrics.usageReported),
    }),
    services: ({ repositories, platform, settings, state, uses, transaction }: Context): BillingServices => {
      const gateway = settings.enabled && given ? given : null
      const bound: Transaction<BillingScope> = (work) =>
        transaction(({ repositories: inside, events, jobs }) => work({ ...inside, events, jobs }))
      const { graceDays } = settings
      const standing = new SubscriptionStanding({ ...platform, ...repositories, graceDays })
      const shared = { ...platform, ...state, ...repositories, gateway, plans, standing, transaction: bound }
      const deps = { ...shared, refresh: new ObjectRefresh(shared) }
      const commander = new CommandService(deps)
      const directory = uses.tenant
      const selling = {
        ...deps,
        ...{ commander, directory },
        customerService: new CustomerService({ ...deps, commander, directory }),
        previewTokens: new PreviewTokens(platform),
      }
      const entitlements = new EntitlementService({ ...deps, directory })
      return {
        entitlements,
        quotas: new QuotaService({ ...deps, entitlements }),
        subscriptions: new SubscriptionService(selling),
        payments: new PaymentService(selling),
        intake: new IntakeService({
          ...deps,
          account: settings.account ?? null,
          webhookSecrets: [...secretsOf(settings.webhookSecret), ...webhookSecrets],
        }),
        dispatcher: new InboxDispatcher(deps),
        inbox: new InboxService(deps),
        usage: new UsageService(deps),
        usageExport: new UsageExport(deps),
        commands: commander,
        profile: platform.profile,
        standIns: gateway === null ? {} : { gateway },
        retries: settings.enabled && settings.retryWorker,
        forgetEnded: async () => {
          const since = before(platform.clock.now(), `${settings.inboxDays}d`)
          await repositories.quotas.purge(before(platform.clock.now(), '1d'))
          return (await repositories.inbox.purge(since)) + (await repositories.commands.purge(since))
        },
        measure: () => {
          inboxGauges(repositories.inbox, platform.meter, platform.clock)
          usageGauges(repositories.usage, platform.meter)
        },
      }
    },
    routes: ({ intake, inbox, usage, subscriptions, payments, entitlements }) => [
      ...webhookRoutes(intake),
      ...inboxRoutes(inbox),
      ...usageRoutes(usage),
      ...entitlementRoutes(entitlements),
      ...subscriptionRoutes(plans, subscriptions, payments),
    ],
    start: async ({ profile, standIns, measure }) => {
      refuseStart(profile, standInProblems(profile, standIns))
      measure()
    },
    jobs: ({ dispatcher, commands, retries, usageExport, forgetEnded }) => [
      { job: BillingJobs.reportUsage, run: async ({ signal }) => void (await usageExport.reportDue(signal)) },
      { job: BillingJobs.dispatch, run: async ({ signal }) => void (await dispatcher.dispatchDue(signal)) },
      ...(retries
        ? [
            {
              job: BillingJobs.commands,
              run: async ({ signal }: { readonly signal: AbortSignal }) =>
                void (await commands.recoverDue(signal)),
            },
            {
              job: BillingJobs.retry,
              run: async ({ signal }: { readonly signal: AbortSignal }) =>
                void (await dispatcher.dispatchDue(signal)),
            },
          ]
        : []),
      { job: BillingJobs.purge, run: async () => void (await forgetEnded()) },
    ],
  })

const secretsOf = (setting: Secret | undefined): readonly Secret[] =>
  (setting?.reveal().split(',') ?? [])
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
    .map((secret) => new Secret(secret))
