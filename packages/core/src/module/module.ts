import type { Authenticate } from '../http/principal.ts'
import type { Route } from '../http/implement.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCatalog } from '../kernel/errors.ts'
import type { Transaction } from '../kernel/transaction.ts'
import type { Cache } from '../ports/cache.ts'
import type { KeyVault } from '../ports/key-vault.ts'
import type { Logger } from '../ports/logger.ts'
import type { Mailer } from '../ports/mailer.ts'
import type { Meter } from '../ports/meter.ts'
import type { JobRecorder } from '../ports/job-store.ts'
import type { EventRecorder } from '../ports/outbox.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { EventCatalog, EventHandler } from './define-events.ts'
import type { JobCatalog, JobHandler } from './define-jobs.ts'
import type { MetricCatalog } from './define-metrics.ts'
import type { Permission, PermissionCatalog } from './define-permissions.ts'
import type { SettingsCatalog, SettingsOf } from './define-settings.ts'
import type { Profile } from './profile.ts'

/** Shared ports that do not take part in transactions. */
export interface Platform {
  readonly clock: Clock
  readonly logger: Logger
  readonly meter: Meter
  readonly cache: Cache
  readonly rateLimiter: RateLimiter
  readonly keyVault: KeyVault
  readonly mailer: Mailer
  readonly profile: Profile
  /** Every permission of every module of the stack. */
  readonly permissions: readonly Permission[]
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
  /** Called once for the stack. What it makes lives as long as the stack does. */
  state?(platform: Platform, settings: SettingsOf<Settings>): State
  /** Pure and cheap: called once for the stack and once for every transaction. */
  services(context: ModuleContext<Repositories, Uses, Settings, State>): Services
  routes?(services: Services): readonly Route[]
  /** Turns credentials into principals; at most one module of a stack does. */
  authenticate?(services: Services, state: State): Authenticate
  /** Whether endpoints that need a scope are closed to principals whose e-mail is not verified. */
  requiresVerifiedEmail?(settings: SettingsOf<Settings>): boolean
  handlers?(services: Services): readonly EventHandler[]
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
