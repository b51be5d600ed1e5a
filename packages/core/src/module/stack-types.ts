import type { Any } from '../any.ts'
import type { Operation } from '../contract/operation.ts'
import type { DirectHandler, ResponseConstructor } from '../http/fetch-handler-options.ts'
import type { Clock } from '../kernel/clock.ts'
import type { JobQueue } from '../ports/job-queue.ts'
import type { JobStore } from '../ports/job-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { Meter } from '../ports/meter.ts'
import type { Storage } from '../ports/storage.ts'
import type { Tracer } from '../ports/tracer.ts'
import type { Readiness } from './health.ts'
import type { StepReport } from './lifecycle.ts'
import type { Module, ModuleCatalogs } from './module.ts'
import type { Profile } from './profile.ts'
import type { SettingsSource } from './settings-reader.ts'
import type { SharedPorts } from './shared-ports.ts'

export type AnyModule = Module<string, Any, Any, Any, Any, Any>

type Merge<U> = (U extends unknown ? (u: U) => void : never) extends (m: infer M) => void ? M : never
type ContextOf<M extends AnyModule> = Parameters<M['services']>[0]

export type ServicesOf<M extends AnyModule> = { readonly [K in M as K['name']]: ReturnType<K['services']> }
/** What the storage must bring. A module that declares no repositories asks for nothing. */
export type RepositoriesOf<M extends AnyModule> = {
  readonly [
    K in M as unknown extends ContextOf<K>['repositories'] ? never : K['name']
  ]: ContextOf<K>['repositories']
}

/** What the modules use of their siblings, by name of the sibling. */
export type UsesOf<M extends AnyModule> = Merge<M extends AnyModule ? ContextOf<M>['uses'] : never>

/** Names of the modules that others need and that are not there; it stands in the compile error. */
export type MissingModule<M extends AnyModule> = Exclude<keyof UsesOf<M>, M['name']>

/** What is left out of the shared ports is an in-process stand-in, which the production profile refuses when a module needs it. */
export interface StackOptions<M extends AnyModule> extends Partial<SharedPorts> {
  readonly logger?: Logger
  readonly meter?: Meter
  /** @default nothing is traced, at no cost */
  readonly tracer?: Tracer
  readonly clock?: Clock
  readonly modules: readonly M[]
  readonly storage: Storage<RepositoriesOf<M>>
  /** Where jobs wait. @default the jobs of the storage */
  readonly queue?: JobQueue
  /** Where settings come from, such as `fromEnv()`. */
  readonly settings: SettingsSource
  /** Environment names that the host reads itself, so that they are not reported as unknown. */
  readonly knownSettings?: readonly string[]
  /** Class of the answers; a host on Node passes a light one, such as srvx's `FastResponse`. @default the global `Response` */
  readonly Response?: ResponseConstructor
}

export interface StartOptions {
  /**
   * Whether this process delivers events and works on jobs. One that only answers requests leaves that to others, which call `start`
   * too and need not serve `fetch`. @default true
   */
  readonly workers?: boolean
}

export interface StackBase<M extends AnyModule> {
  /** Answers a request; mount it anywhere. Never rejects. */
  readonly fetch: DirectHandler
  readonly profile: Profile
  /** The catalogues of the core and of every module, by name. */
  readonly catalogs: Readonly<Record<string, ModuleCatalogs>>
  /** What `fetch` answers, as data. */
  readonly operations: readonly Operation[]
  readonly logger: Logger
  readonly meter: Meter
  /** The jobs that were given up, by the name of their queue, for whoever operates the stack. */
  readonly queue: Pick<JobStore, 'dead' | 'redrive'>
  /** Runs work over every module's services in one storage transaction. */
  transaction<T>(work: (tx: ServicesOf<M>) => Promise<T>): Promise<T>
  /**
   * Checks every port and starts the relay and the jobs.
   *
   * @throws StartFailed with the step that failed.
   */
  start(report?: StepReport, options?: StartOptions): Promise<void>
  /** Turns readiness off, so that a proxy sends nothing more; requests are still answered. `stop` comes later. */
  drain(): void
  /**
   * Ends event streams, and each that is opened later, by telling its reader to come back within 1.5 s: it goes on after the last
   * event that it has, at a process that still accepts connections. Call it when this one no longer does; `stop` does it too.
   */
  endStreams(): void
  /** Readiness turns false and event streams end first; then requests, deliveries and jobs under way are finished, and adapters are closed. */
  stop(options?: { readonly limitMs?: number }): Promise<void>
  readiness(): Promise<Readiness>
  /** Delivers the events that are due, and what leaves the system because of them, and returns how many events; for scripts and tests that do not `start`. */
  deliverEvents(): Promise<number>
  /** Does the jobs that are due and returns how many; for scripts and tests that do not `start`. */
  runJobs(): Promise<number>
}

export type Stack<M extends AnyModule> = ServicesOf<M> & StackBase<M>
