import type { Denial } from '../http/fetch-handler-options.ts'
import type { Gate } from '../http/gate.ts'
import type { Authenticate } from '../http/principal.ts'
import type { Route } from '../http/implement.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCatalog } from '../kernel/errors.ts'
import type { Transaction } from '../kernel/transaction.ts'
import type { DeliveryStore } from '../ports/delivery-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { Meter } from '../ports/meter.ts'
import type { JobRecorder } from '../ports/job-store.ts'
import type { EventRecorder } from '../ports/outbox.ts'
import type { Tracer } from '../ports/tracer.ts'
import type { EventCatalog, EventHandler, EventSpec } from './define-events.ts'
import type { JobCatalog, JobHandler } from './define-jobs.ts'
import type { MetricCatalog } from './define-metrics.ts'
import type { Permission, PermissionCatalog } from './define-permissions.ts'
import type { SettingsCatalog, SettingsOf } from './define-settings.ts'
import type { DeliveryRoute } from './delivery-route.ts'
import type { Readiness } from './health.ts'
import type { MailPreview } from './mail-template.ts'
import type { PersonalData, PersonalDataContributor } from './personal-data.ts'
import type { Profile } from './profile.ts'
import type { SharedPortName, SharedPorts } from './shared-ports.ts'
import type { UsageContributor } from './tenant-usage.ts'

/** What every module shares and that takes no part in transactions. */
export interface Platform extends SharedPorts {
  readonly clock: Clock
  readonly logger: Logger
  readonly meter: Meter
  readonly tracer: Tracer
  readonly profile: Profile
  /** Every permission of every module of the stack. */
  readonly permissions: readonly Permission[]
  /** Every event that a module of the stack declares. */
  readonly events: readonly EventSpec[]
  /** Asks the ports of this process whether they answer, storage among them; each within 2 s. */
  readonly checkPorts: () => Promise<Readiness['ports']>
  /** The log of what leaves the system; what is to leave is said by {@link Module.deliveries}. */
  readonly deliveries: Pick<DeliveryStore, 'abandon' | 'list' | 'listAll' | 'find' | 'redeliver'>
  /** Where people reach the front end and this API, without a trailing slash. Links in mails start with it, never with a `Host` header. */
  readonly publicUrl: string
  /** Name of the product, for mails. */
  readonly appName: string
}

/** What a module may touch inside one transaction. */
export interface TransactionScope<Repositories, Uses> {
  readonly repositories: Repositories
  readonly uses: Uses
  /** Present only here: an event cannot be recorded outside the transaction that made it true. */
  readonly events: EventRecorder
  /** What the modules keep about people, bound to the same scope. */
  readonly personalData: PersonalData
  /** Present only here: a job exists exactly when the transaction that called for it committed. */
  readonly jobs: JobRecorder
}

/** Everything a module is given. */
export interface ModuleContext<
  Repositories,
  Uses = Record<never, never>,
  Settings extends SettingsCatalog = Record<never, never>,
  State = undefined,
> {
  readonly platform: Platform
  readonly settings: SettingsOf<Settings>
  /** Long-lived, in-process state, made once for the stack. */
  readonly state: State
  readonly repositories: Repositories
  /** Services of the modules it depends on, bound to the same scope. */
  readonly uses: Uses
  /** What all modules of the stack keep about people, bound to the same scope. */
  readonly personalData: PersonalData
  /** What all modules of the stack count of a tenant. */
  readonly usage: UsageContributor
  /**
   * Runs when what was done so far is final: at once, or, for services that are bound to a transaction, after its commit and never
   * when it fails. For what is kept in this process; must not throw. What must not get lost is an event.
   */
  readonly onCommit: (work: () => void) => void
  readonly transaction: Transaction<TransactionScope<Repositories, Uses>>
}

/** The catalogues of a module. Documentation and checks are derived from them; none of it runs. */
export interface ModuleCatalogs<Settings extends SettingsCatalog = SettingsCatalog> {
  readonly settings?: Settings
  readonly errors?: readonly ErrorCatalog[]
  readonly events?: EventCatalog
  readonly jobs?: JobCatalog
  readonly metrics?: MetricCatalog
  readonly permissions?: PermissionCatalog
  /** Shown by the preview of the profile `local`. */
  readonly mails?: readonly MailPreview[]
}

/** A bounded context: its services, and what exposes them. */
export interface Module<
  Name extends string,
  Repositories,
  Uses,
  Settings extends SettingsCatalog,
  State,
  Services,
> {
  readonly name: Name
  readonly catalogs?: ModuleCatalogs<Settings>
  /** Shared ports without which it cannot do its work, beyond those of the core: production refuses a stand-in behind them. */
  readonly needs?: readonly SharedPortName[]
  /** Called once for the stack. What it makes lives as long as the stack does. */
  state?(platform: Platform, settings: SettingsOf<Settings>): State
  /** Pure and cheap: called once for the stack and once for every transaction. */
  services(context: ModuleContext<Repositories, Uses, Settings, State>): Services
  routes?(services: Services): readonly Route[]
  /** Turns credentials into principals; at most one module of a stack does. */
  authenticate?(services: Services, state: State): Authenticate
  /** Decides whether permissions count right now; at most one module of a stack does. */
  gate?(services: Services): Gate
  /** Whether endpoints that need a scope are closed to principals whose e-mail is not verified. */
  requiresVerifiedEmail?(settings: SettingsOf<Settings>): boolean
  /** Whether browsers may keep their session in a cookie. */
  sessionCookies?(settings: SettingsOf<Settings>): boolean
  /** Is told of known callers who were refused; at most one module of a stack is. Must not reject. */
  denied?(services: Services, denial: Denial): Promise<void>
  /** What the module keeps about people, to be shown to them and to be forgotten. */
  personalData?(services: Services): PersonalDataContributor
  /** What the module counts of a tenant, to be shown to it. */
  usage?(services: Services): UsageContributor
  handlers?(services: Services): readonly EventHandler[]
  /** On which ways events leave the system. */
  deliveries?(services: Services): readonly DeliveryRoute[]
  jobs?(services: Services): readonly JobHandler[]
  /** Runs at start, after storage answers; a failure stops the start. */
  start?(services: Services): Promise<void>
}

export function defineModule<
  const Name extends string,
  Repositories,
  Uses,
  Services,
  Settings extends SettingsCatalog = Record<never, never>,
  State = undefined,
>(
  module: Module<Name, Repositories, Uses, Settings, State, Services>,
): Module<Name, Repositories, Uses, Settings, State, Services> {
  return module
}
