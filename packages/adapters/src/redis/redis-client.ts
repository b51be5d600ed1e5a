import { type Clock, PortErrors } from '@corbel/core/ports'
import type { Redis, RedisOptions } from 'ioredis'

/** What every adapter over Redis takes. One Redis, replicated or not; a Redis Cluster is not supported. */
export interface RedisAdapterOptions {
  /** The application's own client; never closed here. Make it with {@link redisClientOptions}. */
  readonly client: Redis
  /** Begins the name of every key. @default 'corbel' */
  readonly prefix?: string
  /** Milliseconds within which Redis must answer a command; connecting counts. @default 250 */
  readonly deadlineMs?: number
}

/** For `new Redis(url, redisClientOptions)`. ioredis' own defaults wait for a dead Redis for ever and repeat what it may have done. */
export const redisClientOptions = {
  connectTimeout: 1_000,
  // Rejects at once what was under way when the connection broke, instead of repeating it on the next one.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
} as const satisfies RedisOptions

export const defaultPrefix = 'corbel'
export const defaultDeadlineMs = 250

/** Sends one command. @throws `port/unavailable` for whatever fails, at the latest after the deadline. */
export type Command = <T>(name: string, send: (client: Redis) => Promise<T>) => Promise<T>

/**
 * Puts a deadline on every command, and sends none before the connection is ready: what waits in ioredis' offline queue is
 * carried out when nobody waits for it any more. Commands of one turn are sent in that order.
 */
export function bounded(client: Redis, deadlineMs: number): Command {
  let opening: Promise<void> | undefined

  return async <T>(name: string, send: (client: Redis) => Promise<T>): Promise<T> => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isLate = false
    const late = new Promise<never>((_, reject) => {
      const giveUp = (): void => {
        isLate = true
        reject(new Error(`Redis did not answer ${name} within ${deadlineMs} ms.`))
      }
      // After a stall of our own the answer may lie in the socket, unread; the turn in between reads it.
      timer = setTimeout(() => setImmediate(giveUp), deadlineMs)
    })
    const sendWhenReady = async (): Promise<T> => {
      if (opening !== undefined || client.status !== 'ready') {
        opening ??= opened(client).finally(() => {
          opening = undefined
        })
        await opening
        if (isLate) throw new Error(`Redis was not connected in time for ${name}.`)
      }
      return send(client)
    }
    try {
      return await Promise.race([sendWhenReady(), late])
    } catch (error) {
      throw toUnavailable(error)
    } finally {
      clearTimeout(timer)
    }
  }
}

function opened(client: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    if (client.status === 'end') {
      reject(new Error('The Redis client is closed.'))
      return
    }
    const settle = (): void => {
      client.off('ready', settle)
      client.off('end', settle)
      if (client.status === 'end') reject(new Error('The Redis client was closed.'))
      else resolve()
    }
    client.on('ready', settle)
    client.on('end', settle)
    // A client made with lazyConnect. The outcome shows in its status.
    if (client.status === 'wait') client.connect().catch(() => {})
  })
}

function toUnavailable(cause: unknown): unknown {
  // ioredis hangs the command with all its arguments on the error, and errors are logged.
  if (cause instanceof Error) Reflect.deleteProperty(cause, 'command')
  return PortErrors.unavailable({ retryAfter: 1 }, { cause })
}

/** A second connection to the same Redis, for commands that hold one. Opens when first used. */
export function secondConnection(client: Redis, options: RedisOptions): Redis {
  const connection = client.duplicate({
    ...redisClientOptions,
    lazyConnect: true,
    autoResubscribe: false,
    commandTimeout: undefined,
    socketTimeout: undefined,
    ...options,
  })
  // Without a listener ioredis prints each failed attempt; whoever uses the connection hears of it by its commands.
  connection.on('error', () => {})
  return connection
}

/** Goes on evenly whatever is done to the clock of the machine; says nothing about the time of day. */
export const monotonicClock: Clock = { now: () => new Date(performance.timeOrigin + performance.now()) }
