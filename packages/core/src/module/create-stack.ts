import type { Any } from '../any.ts'
import { toOpenApi } from '../contract/openapi.ts'
import { docsPage } from '../contract/docs-page.ts'
import { createHttpApi } from '../http/create-http-api.ts'
import { toFetchHandler } from '../http/fetch-handler.ts'
import type { RequestHandler } from '../http/http-api.ts'
import type { Route } from '../http/implement.ts'
import { tracedHandler } from '../http/traced-handler.ts'
import { systemClock } from '../kernel/clock.ts'
import { consoleLogger } from '../ports/console-logger.ts'
import { memoryMeter } from '../ports/meter.memory.ts'
import { storageJobQueue } from '../ports/storage-job-queue.ts'
import { silentTracer } from '../ports/tracer.ts'
import { compose, transact } from './compose.ts'
import { coreCatalogs } from './core-catalogs.ts'
import { coreJobs } from './core-jobs.ts'
import { CoreSettings } from './core-settings.ts'
import { Dispatcher } from './dispatcher.ts'
import { JobRunner } from './job-runner.ts'
import { checkPorts, type Readiness } from './health.ts'
import { Lifecycle, type StepReport } from './lifecycle.ts'
import { mailPreviewRoutes } from './mail-preview-routes.ts'
import { moduleCatalogs, permissionsOf, settingsCatalogs } from './module-catalogs.ts'
import type { Platform } from './module.ts'
import { createObserver } from './observer.ts'
import { outboxGauges } from './outbox-gauges.ts'
import { Relay } from './relay.ts'
import { inspectSettings } from './settings-loader.ts'
import { limitResolver } from './settings-limit.ts'
import { portsInUse, sharedPorts } from './shared-ports.ts'
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
import { securityTxt } from './security-txt.ts'
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
  const { queue = storageJobQueue(storage) } = options
  const shared = sharedPorts(options, clock)
  const ports = { storage, ...portsInUse(shared, options, modules), ...(options.queue && { queue }) }
  refuseStart(loaded.profile, [...loaded.problems, ...standInProblems(loaded.profile, ports)])
  for (const warning of loaded.warnings) logger.warn(warning)

  const { core } = loaded.values
  const settings: Readonly<Record<string, Any>> = loaded.values
  const permissions = permissionsOf(catalogs)
  const platform: Platform = {
    clock,
    logger,
    meter,
    tracer: tracer ?? silentTracer,
    ...shared,
    permissions,
    events: Object.values(catalogs).flatMap(({ events }) => Object.values(events ?? {})),
    checkPorts: () => checkPorts(ports),
    deliveries: storage.deliveries,
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

  const dispatcher = new Dispatcher({
    deliveries: storage.deliveries,
    clock,
    logger,
    meter,
    routes: modules.flatMap((module) => module.deliveries?.(services[module.name]) ?? []),
  })
  const relay = new Relay({
    outbox: storage.outbox,
    clock,
    logger,
    meter,
    // Deliveries are planned first: what another handler does may fail, and their order is that of the events.
    handlers: [
      ...dispatcher.handlers(),
      ...modules.flatMap((module) => module.handlers?.(services[module.name]) ?? []),
    ],
    settled: () => dispatcher.wake(),
  })
  const jobs = new JobRunner({
    queue,
    clock,
    logger,
    meter,
    jobs: [
      ...coreJobs(storage, dispatcher),
      ...modules.flatMap((module) => module.jobs?.(services[module.name]) ?? []),
    ],
  })
  const lifecycle = new Lifecycle()
  const readiness = async (): Promise<Readiness> => {
    const found = await platform.checkPorts()
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
      openApi: once(() => JSON.stringify(toOpenApi(routes, { ...describe, events: platform.events }))),
      docsPage: once(() => docsPage(routes, describe)),
      securityTxt: () => securityTxt(core.securityContacts, core.publicUrl, clock),
    }),
    ...(loaded.profile === 'local'
      ? mailPreviewRoutes(
          Object.values(catalogs).flatMap(({ mails }) => mails ?? []),
          platform,
        )
      : []),
    ...modules.flatMap((module) => module.routes?.(services[module.name]) ?? []),
  ]
  const guard = modules.find((module) => module.authenticate)
  const authenticate = guard?.authenticate?.(services[guard.name], state[guard.name])
  const gatekeeper = modules.find((module) => module.gate)
  const gate = gatekeeper?.gate?.(services[gatekeeper.name])
  const witness = modules.find((module) => module.denied)
  const limitOf = limitResolver(loaded.byEnv)
  const { handle, serves } = createHttpApi({
    routes,
    clock,
    rateLimiter: shared.rateLimiter,
    idempotency: storage.idempotency,
    cors: { origins: [...new Set([new URL(core.publicUrl).origin, ...core.allowedOrigins])] },
    trustedProxies: core.trustedProxies,
    maxBodyBytes: core.maxBodyBytes,
    sessionCookies: modules.some((module) => module.sessionCookies?.(settings[module.name])),
    requireVerifiedEmail: modules.some((module) => module.requiresVerifiedEmail?.(settings[module.name])),
    publicUrl: core.publicUrl,
    limitOf,
    streams: lifecycle.streams,
    ...createObserver({ logger, meter }),
    ...(authenticate && { authenticate }),
    ...(gate && { gate }),
    ...(witness && { onDenied: async (denial) => witness.denied?.(services[witness.name], denial) }),
    ...(core.metricsToken && { monitorToken: core.metricsToken }),
  })
  const traced = tracer ? tracedHandler({ handle, tracer, routes, publicUrl: core.publicUrl }) : handle
  outboxGauges(storage.outbox, storage.deliveries, meter)

  return Object.assign(Object.create(services), {
    fetch: toFetchHandler({ handle: guarded(traced, lifecycle), serves }, options.Response),
    profile: loaded.profile,
    operations: routes,
    catalogs,
    logger,
    meter,
    queue,
    readiness,
    transaction: (work: (tx: ServicesOf<M>) => Promise<unknown>) =>
      transact(composition, (_, uses) => work(uses as ServicesOf<M>)),
    deliverEvents: async () => {
      const events = await relay.deliverDue()
      await dispatcher.deliverDue()
      return events
    },
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
          ...(workers
            ? [
                {
                  name: 'relay and jobs',
                  run: async () => (relay.start(), dispatcher.start(), jobs.start()),
                },
              ]
            : []),
        ],
        report,
      ),
    drain: () => lifecycle.drain(),
    endStreams: () => lifecycle.endStreams(),
    stop: ({ limitMs = stopLimitMs } = {}) =>
      lifecycle.stop(
        [
          { name: 'jobs', run: () => jobs.stop(limitMs) },
          { name: 'relay', run: () => relay.stop() },
          { name: 'deliveries', run: () => dispatcher.stop() },
          ...Object.entries(ports).map(([name, port]) => ({ name, run: async () => port.close?.() })),
        ],
        limitMs,
      ),
  })
}

/** Counts requests for the drain. Requests that still come in while stopping are answered: a proxy may not have noticed yet. */
function guarded(handle: RequestHandler, lifecycle: Lifecycle): RequestHandler {
  return async (request) => {
    const leave = lifecycle.enter()
    try {
      return await handle(request)
    } finally {
      leave()
    }
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
