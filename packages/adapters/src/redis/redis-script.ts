import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

/** A Lua script that Redis carries out as one step. Returns what the script returns. */
export type RedisScript = (
  client: Redis,
  keys: readonly string[],
  values: readonly (string | number)[],
) => Promise<unknown>

/** Sends the digest of the script, and the script itself only to a Redis that does not know it yet. */
export function redisScript(lua: string): RedisScript {
  const digest = createHash('sha1').update(lua).digest('hex')
  return async (client, keys, values) => {
    try {
      return await client.evalsha(digest, keys.length, ...keys, ...values)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return client.eval(lua, keys.length, ...keys, ...values)
    }
  }
}
