import type { Logger } from '@corbel/core/ports'
import { prepareSchema } from './migrations.ts'
import { openPayments, type Payments } from './payments.ts'
import { paint, print, step } from './progress.ts'
import { type ReadSettings, readSettings } from './read-settings.ts'
import {
  composeStack,
  createLogger,
  createPorts,
  type HostStack,
  openDatabase,
  openRedis,
  refuseSettings,
} from './stack.ts'

export interface RunningProcess {
  readonly logger: Logger
  /** Finishes what is under way, then closes everything. */
  stop(): Promise<void>
}

export interface OpenStack {
  readonly settings: ReadSettings
  readonly stack: HostStack
  readonly payments: Payments | null
  /** Says how to close what was opened after the stack; it is closed before it. */
  onStop(close: () => Promise<unknown>): void
}

// Two of them and the longest delay before them stay below the 30 s after which orchestrators kill.
export const drainLimitMs = 10_000

/** Opens the stack in visible steps and begins to use it. What a failed start had opened is closed again. */
export async function runStack(
  title: string,
  begin: (opened: OpenStack) => Promise<void>,
): Promise<RunningProcess> {
  const settings = readSettings()
  refuseSettings(settings)
  const { host, core } = settings.values
  print(`${paint('bold', core.appName)} ${paint('dim', `${title}${settings.profile}`)}\n`)

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
    const payments = await openPayments(settings, logger)
    const stack = composeStack(settings, createPorts(settings, redis, logger), database, logger, payments)
    opened.push(() => stack.stop({ limitMs: drainLimitMs }))
    await begin({ settings, stack, payments, onStop: (undo) => opened.push(undo) })
    return { logger, stop: close }
  } catch (error) {
    await close().catch((failure: unknown) =>
      logger.error('Not everything could be closed.', { error: failure }),
    )
    throw error
  }
}
