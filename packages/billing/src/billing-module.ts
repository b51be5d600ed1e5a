import {
  before,
  type DeliveryRoute,
  defineModule,
  type Id,
  type ModuleContext,
  type Platform,
  type Profile,
  on,
  refuseStart,
  Secret,
  standInProblems,
  type Transaction,
  type UsageContributor,
  work,
} from '@corbel/core'
import { TenantEvents } from '@corbel/core/tenant'
import type { Counter, EventRecorder, EventStream, JobRecorder } from '@corbel/core/ports'
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
import { observedGateway } from './gateway/observed-gateway.ts'
import { InsertBatch } from './inbox/insert-batch.ts'
import { inboxRoutes } from './inbox/inbox-routes.ts'
import { InboxService } from './inbox/inbox-service.ts'
import { IntakeService } from './inbox/intake-service.ts'
import { webhookRoutes } from './inbox/webhook-routes.ts'
import { ObjectComparison } from './reconciliation/object-comparison.ts'
import { reconciliationRoutes } from './reconciliation/reconciliation-routes.ts'
import { ReconciliationService } from './reconciliation/reconciliation-service.ts'
import type { BillingRepositories } from './ports/billing-repositories.ts'
import type { InboxDraft } from './ports/inbox-repository.ts'
import type { PaymentGateway } from './ports/payment-gateway.ts'
import { inboxGauges } from './inbox/inbox-gauges.ts'
import { EntitlementService } from './entitlements/entitlement-service.ts'
import { entitlementRoutes } from './entitlements/entitlement-routes.ts'
import { SubscriptionStanding } from './entitlements/subscription-standing.ts'
import { tenantUsage } from './usage/tenant-usage.ts'
import { UsageExport } from './usage/usage-export.ts'
import { usageGauges } from './usage/usage-gauges.ts'
import { usageRoutes } from './usage/usage-routes.ts'
import { UsageService } from './usage/usage-service.ts'
import { billingNoticeMail } from './notices/billing-notice-mails.ts'
import { billingNotices } from './notices/billing-notices.ts'
import { QuotaService } from './quotas/quota-service.ts'
import { BillingStreamService } from './stream/billing-stream-service.ts'
import { billingStreamRoutes } from './stream/billing-stream-routes.ts'
import type { TenantDirectory } from './ports/tenant-directory.ts'
import { CustomerService } from './subscriptions/customer-service.ts'
import { OpenCheckouts } from './subscriptions/open-checkouts.ts'
import { PaymentService } from './subscriptions/payment-service.ts'
import { PreviewTokens } from './subscriptions/preview-tokens.ts'
import { PriceBook } from './subscriptions/price-book.ts'
import { SeatSync } from './subscriptions/seat-sync.ts'
import { SignUpPlans } from './subscriptions/sign-up-plans.ts'
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
  readonly reconciliation: ReconciliationService
  readonly commands: CommandService<BillingScope>
  readonly usage: UsageService
  readonly usageExport: UsageExport
  readonly tenantUsage: UsageContributor
  readonly entitlements: EntitlementService
  readonly quotas: QuotaService
  readonly subscriptions: SubscriptionService
  readonly payments: PaymentService
  readonly seats: SeatSync
  readonly signUpPlans: SignUpPlans
  readonly stream: BillingStreamService
  readonly notices: DeliveryRoute
  /** Whether this process looks for events that are due again. */
  readonly retries: boolean
  readonly profile: Profile
  /** What takes the money and what tells tenants of it, for a start to look at; nothing while billing is off. */
  readonly standIns: { readonly gateway?: PaymentGateway; readonly eventStream?: EventStream }
  /** Two subscriptions of one tenant are for an operator to put right: nobody else can tell which of them is meant. */
  warnOfDuplicate(
    tenantId: Id<'ten'> | null,
    duplicate: { readonly subscriptionId: string; readonly otherIds: readonly string[] },
  ): void
  forgetEnded(): Promise<number>
  measure(): void
}

interface BillingState {
  readonly insertBatch: InsertBatch<InboxDraft, boolean>
  readonly received: Counter
  readonly ended: Counter
  readonly usageReported: Counter
  readonly duplicated: Counter
  readonly streamed: Counter
  readonly streamReaders: Set<AbortSignal>
  readonly prices: PriceBook
  /** Null while billing is switched off. */
  readonly gateway: PaymentGateway | null
}

type Context = ModuleContext<BillingRepositories, BillingUses, typeof BillingSettings, BillingState>
type BillingScope = BillingRepositories & {
  readonly directory: TenantDirectory
  readonly events: EventRecorder
  readonly jobs: JobRecorder
}

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
      mails: [billingNoticeMail],
    },
    state: (platform: Platform, settings): BillingState => {
      const { meter } = platform
      const gateway = settings.enabled && given ? observedGateway(given, platform) : null
      return {
        gateway,
        prices: new PriceBook(plans, gateway && gateway.catalog, settings.prices),
        insertBatch: new InsertBatch(200),
        received: meter.counter(BillingMetrics.received),
        ended: meter.counter(BillingMetrics.applied),
        duplicated: meter.counter(BillingMetrics.duplicated),
        usageReported: meter.counter(BillingMetrics.usageReported),
        streamed: meter.counter(BillingMetrics.streamed),
        streamReaders: new Set(),
      }
    },
    services: ({ repositories, platform, settings, state, uses, transaction }: Context): BillingServices => {
      const { gateway } = state
      const bound: Transaction<BillingScope> = (run) =>
        transaction(({ repositories: inside, uses: { tenant: directory }, events, jobs }) =>
          run({ ...inside, directory, events, jobs }),
        )
      const { graceDays } = settings
      const standing = new SubscriptionStanding({ ...platform, ...repositories, graceDays })
      const shared = { ...platform, ...state, ...repositories, gateway, plans, standing, transaction: bound }
      const deps = { ...shared, refresh: new ObjectRefresh(shared) }
      const commander = new CommandService(deps)
      const directory = uses.tenant
      const selling = {
        ...deps,
        commander,
        directory,
        openCheckouts: new OpenCheckouts({ ...deps, commander }),
        customerService: new CustomerService({ ...deps, commander, directory }),
        previewTokens: new PreviewTokens(platform),
      }
      const entitlements = new EntitlementService({ ...deps, directory })
      const subscriptions = new SubscriptionService(selling)
      const account = settings.account ?? null
      const secrets = [...secretsOf(settings.webhookSecret), ...webhookSecrets]
      const intake = new IntakeService({ ...deps, account, webhookSecrets: secrets })
      return {
        entitlements,
        quotas: new QuotaService({ ...deps, entitlements }),
        subscriptions,
        seats: new SeatSync({ ...deps, subscriptions }),
        signUpPlans: new SignUpPlans({ ...deps, subscriptions, signUpPlan: settings.signUpPlan }),
        payments: new PaymentService(selling),
        intake,
        reconciliation: new ReconciliationService({
          ...deps,
          intake,
          account,
          comparison: new ObjectComparison(deps),
        }),
        dispatcher: new InboxDispatcher(deps),
        stream: new BillingStreamService({
          ...deps,
          streamEnabled: settings.stream,
          streamReplay: settings.streamReplay,
        }),
        notices: billingNotices({ ...platform, directory }),
        inbox: new InboxService(deps),
        usage: new UsageService(deps),
        usageExport: new UsageExport(deps),
        tenantUsage: tenantUsage(repositories.usage),
        commands: commander,
        profile: platform.profile,
        standIns:
          gateway === null ? {} : { gateway, ...(settings.stream && { eventStream: platform.eventStream }) },
        retries: settings.enabled && settings.retryWorker,
        warnOfDuplicate: (tenantId, { subscriptionId, otherIds }) => {
          state.duplicated.add({})
          platform.logger.warn('A tenant has two subscriptions that have not ended.', {
            tenantId,
            subscriptionId,
            otherIds,
          })
        },
        forgetEnded: async () => {
          const since = before(platform.clock.now(), `${settings.inboxDays}d`)
          await repositories.quotas.purge(before(platform.clock.now(), '1d'))
          return (await repositories.inbox.purge(since)) + (await repositories.commands.purge(since))
        },
        measure: () => {
          inboxGauges(repositories.inbox, platform.meter, platform.clock)
          usageGauges(repositories.usage, platform.meter)
          const readers = platform.meter.gauge(BillingMetrics.streamReaders)
          platform.meter.onScrape(() => readers.set(state.streamReaders.size))
        },
      }
    },
    routes: ({ intake, inbox, reconciliation, usage, subscriptions, payments, entitlements, stream }) => [
      ...webhookRoutes(intake),
      ...inboxRoutes(inbox),
      ...reconciliationRoutes(reconciliation),
      ...usageRoutes(usage),
      ...entitlementRoutes(entitlements),
      ...subscriptionRoutes(plans, subscriptions, payments),
      ...billingStreamRoutes(stream),
    ],
    deliveries: ({ notices }) => [notices],
    usage: ({ tenantUsage: counted }) => counted,
    handlers: ({ signUpPlans, seats, stream, warnOfDuplicate }) => [
      on(TenantEvents.created, async ({ id, tenantId, payload }) => {
        if (tenantId !== null) await signUpPlans.enqueue(id, tenantId, payload.planCode)
      }),
      on(TenantEvents.memberAdded, ({ tenantId }) => seats.enqueue(tenantId)),
      on(TenantEvents.memberRemoved, ({ tenantId }) => seats.enqueue(tenantId)),
      on(TenantEvents.memberErased, ({ tenantId }) => seats.enqueue(tenantId)),
      // Members may have come and gone while nothing could be changed.
      on(BillingEvents.subscriptionActivated, ({ tenantId }) => seats.enqueue(tenantId)),
      on(BillingEvents.subscriptionChanged, async ({ tenantId, payload: { changes, previousStatus } }) => {
        if (previousStatus !== null && changes.some((field) => seatBlockers.has(field)))
          await seats.enqueue(tenantId)
      }),
      on(BillingEvents.subscriptionDuplicated, async ({ tenantId, payload }) =>
        warnOfDuplicate(tenantId, payload),
      ),
      // The last: what cannot be told yet keeps nothing else from being done.
      ...stream.handlers(),
    ],
    start: async ({ profile, standIns, signUpPlans, measure }) => {
      refuseStart(profile, [...standInProblems(profile, standIns), ...signUpPlans.problems()])
      measure()
    },
    jobs: ({
      dispatcher,
      commands,
      reconciliation,
      retries,
      usageExport,
      signUpPlans,
      seats,
      forgetEnded,
    }) => [
      work(BillingJobs.provision, async ({ tenantId, payload }) => {
        if (tenantId !== null) await signUpPlans.provision(tenantId, payload.planCode)
      }),
      work(BillingJobs.seats, async ({ tenantId }) => {
        if (tenantId !== null) await seats.run(tenantId)
      }),
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
              job: BillingJobs.reconcile,
              run: ({ signal }: { readonly signal: AbortSignal }) => reconciliation.reconcileEvents(signal),
            },
            {
              job: BillingJobs.compare,
              run: ({ signal }: { readonly signal: AbortSignal }) => reconciliation.compareAll(signal),
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

/** What keeps seats from being changed, and may be over now. */
const seatBlockers: ReadonlySet<string> = new Set(['status', 'scheduleId', 'hasPendingUpdate'])

const secretsOf = (setting: Secret | undefined): readonly Secret[] =>
  (setting?.reveal().split(',') ?? [])
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
    .map((secret) => new Secret(secret))
