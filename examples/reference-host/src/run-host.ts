import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import type { Logger } from '@corbel/core/ports'
import { createFirstOperator } from './first-operator.ts'
import { prepareSchema } from './migrations.ts'
import { paint, print, printStep, step } from './progress.ts'
import { type ReadSettings, readSettings } from './read-settings.ts'
import { type RunningServer, startServer } from './server.ts'
import {
  composeStack,
  createLogger,
  createPorts,
  type HostStack,
  inboxFolder,
  openDatabase,
  openRedis,
  refuseSettings,
} from './stack.ts'
import { welcome } from './welcome.ts'

export interface RunningHost {
  readonly logger: Logger
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>
}

// Two of them stay below the 30 s after which orchestrators kill.
const drainLimitMs = 10_000

/** Starts the host in visible steps and prints where it answers. What a failed start had opened is closed again. */
export async function runHost(): Promise<RunningHost> {
  const settings = readSettings()
  refuseSettings(settings)
  const { host, core } = settings.values
  print(`${paint('bold', core.appName)} ${paint('dim', settings.profile)}\n`)

  const logger = createLogger(host)
  const opened: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const undo of opened.splice(0).toReversed()) await undo()
  }
  try {
    const database = await step('database', () => openDatabase(host))
    opened.push(() => database.close())
    await step('migrations', () => prepareSchema(database, host.autoRunMigrations))
    const redis = openRedis(host)
    opened.push(async () => redis?.disconnect())
    const stack = composeStack(settings, createPorts(settings, redis, logger), database, logger)
    opened.push(() => stack.stop({ limitMs: drainLimitMs }))
    await stack.start(printStep)
    const server = await step('server', () =>
      startServer({
        host: host.host,
        port: host.port,
        maxBodyBytes: 2 * core.maxBodyBytes,
        fetch: stack.fetch,
      }),
    )
    opened.push(async () => {
      stack.drain()
      await server.close(drainLimitMs)
    })
    print(await greeting(settings, stack, server))
    return { logger, stop: close }
  } catch (error) {
    await close().catch((failure: unknown) =>
      logger.error('Not everything could be closed.', { error: failure }),
    )
    throw error
  }
}

async function greeting(
  { profile, values }: ReadSettings,
  stack: HostStack,
  { url }: RunningServer,
): Promise<string> {
  const { users } = stack.auth
  const inbox = inboxFolder(values.host)
  // Elsewhere what a process prints is collected and kept, and a password must not be.
  const operator = profile === 'local' ? await createFirstOperator(users) : null
  return welcome({
    url,
    data: resolve(values.host.dataDir),
    inbox: inbox === null ? null : resolve(inbox),
    operator,
    hasOperator: operator !== null || (await users.hasOperator()),
    readyMs: performance.now(),
    suffix: profile === 'local' ? randomBytes(4).toString('hex') : null,
  })
}
