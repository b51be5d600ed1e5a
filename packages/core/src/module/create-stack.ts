import type { Any } from '../any.ts'
import { toOpenApi } from '../contract/openapi.ts'
import { docsPage } from '../contract/docs-page.ts'
import { createFetchHandler } from '../http/fetch-handler.ts'
import type { FetchHandler } from '../http/fetch-handler-options.ts'
import type { Route } from '../http/implement.ts'
import { tracedHandler } from '../http/traced-handler.ts'
import { systemClock } from '../kernel/clock.ts'
import { memoryCache } from '../ports/cache.memory.ts'
import { consoleLogger } from '../ports/console-logger.ts'
import { memoryKeyStore } from '../ports/key-store.memory.ts'
import { localKeyVault } from '../ports/local-key-vault.ts'
import { memoryMailer } from '../ports/mailer.memory.ts'
import { memoryMeter } from '../ports/meter.memory.ts'
import { memoryRateLimiter } from '../ports/rate-limiter.memory.ts'
import { storageJobQueue } from '../ports/storage-job-queue.ts'
import { compose, transact } from './compose.ts'
import { coreCatalogs } from './core-catalogs.ts'
import { coreJobs } from './core-jobs.ts'
import { CoreSettings } from './core-settings.ts'
import { JobRunner } from './job-runner.ts'
import { checkPorts, type Readiness } from './health.ts'
import { Lifecycle, type StepReport } from './lifecycle.ts'
import { moduleCatalogs, permissionsOf, settingsCatalogs } from './module-catalogs.ts'
import type { Platform } from './module.ts'
import { createObserver } from './observer.ts'
import { outboxGauges } from './outbox-gauges.ts'
import { Relay } from './relay.ts'
import { inspectSettings } from './settings-loader.ts'
import { quotaResolver } from './settings-quota.ts'
import type {
  AnyModule,
  MissingModule,
  ServicesOf,
  Stack,
  StackOptions,
  StartOptions,
} from './stack-types.ts'
import { standInProblems } from './stand-ins.ts'
import { refuseStart } from './start-report.ts'
import { systemRoutes } from './system-routes.ts'

const stopLimitMs = 10_000

/**
 * Composes modules over shared ports. Reads settings and builds the router; opens nothing until `start`.
 *
 * @throws StartRefused with every problem of the settings and, in production, every embedded stand-in.
 */
export function createStack<M extends AnyModule>(
  options: StackOptions<M> &
    ([MissingModule<M>] extends [never] ? unknown : { readonly missingModule: MissingModule<M> }),
): Stack<M> {
  const { storage, clock = systemClock, logger = consoleLogger(), meter = memoryMeter(), tracer } = options
  const modules: readonly AnyModule[] = options.modules
  const catalogs = moduleCatalogs(coreCatalogs, modules)
  const loaded = inspectSettings({
    source: options.settings,
    catalogs: { ...settingsCatalogs(catalogs), core: CoreSettings },
    known: options.knownSettings ?? [],
  })
  const {
    keyVault = localKeyVault({ store: memoryKeyStore(), clock }),
    mailer = memoryMailer(),
    cache = memoryCache({ clock }),
    rateLimiter = memoryRateLimiter({ clock }),
    queue = storageJobQueue(storage),
  } = options
  const ports = { storage, keyVault, mailer, cache, rateLimiter, ...(options.queue && { queue }) }
  refuseStart(loaded.profile, [...loaded.problems, ...standInProblems(loaded.profile, ports)])
  for (const warning of loaded.warnings) logger.warn(warning)

  const { core } = loaded.values
  const settings: Readonly<Record<string, Any>> = loaded.values
  const permissions = permissionsOf(catalogs)
  const platform: Platform = {
    clock,
    logger,
    meter,
    cache,
    rateLimiter,
    keyVault,
    mailer,
    permissions,
    profile: loaded.profile,
    publicUrl: core.publicUrl,
    appName: core.appName,
  }
  const state = Object.fromEntries(
    modules.map(({ name, state }) => [name, state?.(platform, settings[name])]),
  )
  const committed = (names: ReadonlySet<string>) => {
    relay.wake()
    jobs.wake(names)
  }
  const composition = { modules, storage, queue, platform, settings, state, committed }
  const services = compose(composition)

  const relay = new Relay({
    outbox: storage.outbox,
    clock,
    logger,
    meter,
    handlers: modules.flatMap((module) => module.handlers?.(services[module.name]) ?? []),
  })
  const jobs = new JobRunner({
    queue,
    clock,
    logger,
    meter,
    jobs: [
      ...coreJobs(storage, clock),
      ...modules.flatMap((module) => module.jobs?.(services[module.name]) ?? []),
    ],
  })
  const lifecycle = new Lifecycle()
  const readiness = async (): Promise<Readiness> => {
    const found = await checkPorts(ports)
    const down = Object.values(found).some(({ status }) => status === 'down')
    return { status: down && lifecycle.status === 'ready' ? 'unavailable' : lifecycle.status, ports: found }
  }

  const describe = { title: core.appName, version: '1', serverUrl: core.publicUrl }
  const routes: readonly Route[] = [
    ...systemRoutes({
      name: core.appName,
      profile: loaded.profile,
      modules: modules.map(({ name }) => name),
      meter,
      readiness,
      openApi: once(() => JSON.stringify(toOpenApi(routes, describe))),
      docsPage: once(() => docsPage(routes, describe)),
    }),
    ...modules.flatMap((module) => module.routes?.(services[module.name]) ?? []),
  ]
  const guard = modules.find((module) => module.authenticate)
  const authenticate = guard?.authenticate?.(services[guard.name], state[guard.name])
  const quota = quotaResolver(loaded.byEnv)
  const handle = createFetchHandler({
    routes,
    clock,
    rateLimiter,
    idempotency: storage.idempotency,
    cors: { origins: [...new Set([new URL(core.publicUrl).origin, ...core.allowedOrigins])] },
    trustedProxies: core.trustedProxies,
    maxBodyBytes: core.maxBodyBytes,
    requireVerifiedEmail: modules.some((module) => module.requiresVerifiedEmail?.(settings[module.name])),
    publicUrl: core.publicUrl,
    quotaOf: (rateLimit) => quota(rateLimit)?.limit ?? 0,
    ...createObserver({ logger, meter }),
    ...(authenticate && { authenticate }),
    ...(core.metricsToken && { monitorToken: core.metricsToken }),
    ...(options.Response && { Response: options.Response }),
  })
  outboxGauges(storage.outbox, meter)

  return Object.assign(Object.create(services), {
    fetch: guarded(
      tracer ? tracedHandler({ handle, tracer, routes, publicUrl: core.publicUrl }) : handle,
      lifecycle,
    ),
    profile: loaded.profile,
    operations: routes,
    catalogs,
    logger,
    meter,
    queue,
    readiness,
    transaction: (work: (tx: ServicesOf<M>) => Promise<unknown>) =>
      transact(composition, (_, uses) => work(uses as ServicesOf<M>)),
    deliverEvents: () => relay.deliverDue(),
    runJobs: () => jobs.runDue(),
    start: (report?: StepReport, { workers = true }: StartOptions = {}) =>
      lifecycle.start(
        [
          ...Object.entries(ports).map(([name, port]) => ({
            name: `${name} (${port.adapter.name})`,
            run: async () => port.check?.(),
          })),
          ...modules.map(({ name, start }) => ({
            name: `module ${name}`,
            run: async () => start?.(services[name]),
          })),
          { name: 'job queue', run: () => jobs.open() },
          ...(workers ? [{ name: 'relay and jobs', run: async () => (relay.start(), jobs.start()) }] : []),
        ],
        report,
      ),
    drain: () => lifecycle.drain(),
    stop: ({ limitMs = stopLimitMs } = {}) =>
      lifecycle.stop(
        [
          { name: 'jobs', run: () => jobs.stop(limitMs) },
          { name: 'relay', run: () => relay.stop() },
          ...Object.entries(ports).map(([name, port]) => ({ name, run: async () => port.close?.() })),
        ],
        limitMs,
      ),
  })
}

/** Counts requests for the drain. Requests that still come in while stopping are answered: a proxy may not have noticed yet. */
function guarded(handle: FetchHandler, lifecycle: Lifecycle): FetchHandler {
  return async (request, connection) => {
    const leave = lifecycle.enter()
    try {
      return await handle(request, connection)
    } finally {
      leave()
    }
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
