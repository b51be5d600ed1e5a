import type { Cache } from '@corbel/core/ports'
import { type AttemptOptions, attempting } from './redis-attempt.ts'
import { checkAnswers } from './redis-check.ts'
import { bounded, defaultDeadlineMs, defaultPrefix, type RedisAdapterOptions } from './redis-client.ts'

export interface RedisCacheOptions extends RedisAdapterOptions, AttemptOptions {}

/** Redis takes whole milliseconds, at least 1. */
const wholeMs = (ms: number): number => Math.max(1, Math.ceil(ms))

/**
 * A cache that all processes share; any eviction policy will do. While Redis fails `get` gives null, `set` keeps nothing
 * (and may leave an older value) and `add` gives false.
 *
 * @throws `port/unavailable` from `delete` alone: the caller must not believe that a value is gone which comes back.
 */
export function redisCache({
  client,
  prefix = defaultPrefix,
  deadlineMs = defaultDeadlineMs,
  ...options
}: RedisCacheOptions): Cache {
  const command = bounded(client, deadlineMs)
  const attempt = attempting(command, options, 'Every read of the cache is a miss until it answers.')
  const keyOf = (key: string): string => `${prefix}:cache:${key}`

  return {
    adapter: { name: 'redis' },
    get: (key) =>
      attempt(
        'GET',
        (client) => client.get(keyOf(key)),
        () => null,
      ),
    set: (key, value, ttlMs) =>
      attempt<void>(
        'SET',
        async (client) => {
          await client.set(keyOf(key), value, 'PX', wholeMs(ttlMs))
        },
        () => {},
      ),
    add: (key, value, ttlMs) =>
      attempt(
        'SET',
        async (client) => (await client.set(keyOf(key), value, 'PX', wholeMs(ttlMs), 'NX')) === 'OK',
        () => false,
      ),
    delete: async (key) => {
      await command('DEL', (client) => client.del(keyOf(key)))
    },
    check: () => checkAnswers(command),
  }
}
