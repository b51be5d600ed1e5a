import { type Logger, silentLogger } from '@corbel/core/ports'
import type { Redis } from 'ioredis'
import type { Command } from './redis-client.ts'

export interface AttemptOptions {
  /** Hears when Redis begins to fail, and when it answers again. @default silentLogger */
  readonly logger?: Logger
  /** Milliseconds for which a Redis that failed is left alone. @default 1000 */
  readonly restMs?: number
}

/** Sends a command; when Redis fails, or failed a moment ago, gives what `otherwise` gives. */
export type Attempt = <T>(
  name: string,
  send: (client: Redis) => Promise<T>,
  otherwise: () => T | Promise<T>,
) => Promise<T>

/**
 * For adapters that can do without Redis. After a failure nobody waits for it during `restMs`, then one caller tries.
 *
 * @param meanwhile - What the adapter does without Redis, for the log.
 */
export function attempting(
  command: Command,
  { logger = silentLogger, restMs = 1_000 }: AttemptOptions,
  meanwhile: string,
): Attempt {
  let restsUntil: number | null = null
  let trying = false

  return async (name, send, otherwise) => {
    const failing = restsUntil !== null
    if (restsUntil !== null) {
      if (trying || performance.now() < restsUntil) return otherwise()
      trying = true
    }
    try {
      const value = await command(name, send)
      if (failing) {
        restsUntil = null
        logger.info('Redis answers again.')
      }
      return value
    } catch (error) {
      if (restsUntil === null) logger.warn(`Redis fails. ${meanwhile}`, { error })
      restsUntil = performance.now() + restMs
      return await otherwise()
    } finally {
      if (failing) trying = false
    }
  }
}
