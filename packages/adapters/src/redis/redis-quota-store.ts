import type { QuotaCounter, QuotaStore } from '@corbel/billing/ports'
import { checkAnswers } from './redis-check.ts'
import { bounded, defaultDeadlineMs, defaultPrefix, type RedisAdapterOptions } from './redis-client.ts'
import { redisScript } from './redis-script.ts'

// KEYS: the sums; held amounts by id ("ended" once settled); ids by expiry while held; ids by expiry that are given up or settled.
// Counters go 400 days after they were touched last: no period is longer.
const giveUp = `
  -- Redis does not take the integer -0.
  local function give_back(held)
    redis.call('HINCRBY', KEYS[1], 'reserved', string.format('%.0f', 0 - tonumber(held)))
  end
  local function forget(now)
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 1000)) do
      give_back(redis.call('HGET', KEYS[2], id))
      redis.call('HSET', KEYS[2], id, 0)
      redis.call('ZADD', KEYS[4], redis.call('ZSCORE', KEYS[3], id), id)
      redis.call('ZREM', KEYS[3], id)
    end
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now - 86400000, 'LIMIT', 0, 1000)) do
      redis.call('HDEL', KEYS[2], id)
      redis.call('ZREM', KEYS[4], id)
    end
  end
  local function sum(field) return tonumber(redis.call('HGET', KEYS[1], field) or 0) end
  local function keep() for i = 1, 4 do redis.call('PEXPIRE', KEYS[i], 34560000000) end end
`

/** ARGV: id, amount, limit or nothing, now, expiry. */
const reserveScript = redisScript(`${giveUp}
  local id, amount, limit, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  forget(now)
  local used = sum('spent') + sum('reserved')
  if redis.call('HEXISTS', KEYS[2], id) == 1 then return { 1, used } end
  if limit and used + amount > limit then return { 0, used } end
  redis.call('HINCRBY', KEYS[1], 'reserved', amount)
  redis.call('HSET', KEYS[2], id, amount)
  redis.call('ZADD', KEYS[3], ARGV[5], id)
  keep()
  return { 1, used + amount }
`)

/** ARGV: id, spent. */
const settleScript = redisScript(`${giveUp}
  local held = redis.call('HGET', KEYS[2], ARGV[1])
  if not held or held == 'ended' then return 0 end
  give_back(held)
  redis.call('HINCRBY', KEYS[1], 'spent', ARGV[2])
  redis.call('HSET', KEYS[2], ARGV[1], 'ended')
  local expiry = redis.call('ZSCORE', KEYS[3], ARGV[1])
  if expiry then
    redis.call('ZREM', KEYS[3], ARGV[1])
    redis.call('ZADD', KEYS[4], expiry, ARGV[1])
  end
  keep()
  return 1
`)

/** ARGV: now. */
const usedScript = redisScript(`${giveUp}
  forget(tonumber(ARGV[1]))
  return sum('spent') + sum('reserved')
`)

/**
 * Quotas that all processes share, in one round trip and with no write to the database. While Redis fails every method throws. A Redis
 * that loses its memory counts the period from 0 again: where that must not happen, leave quotas in the database.
 */
export function redisQuotaStore({
  client,
  prefix = defaultPrefix,
  deadlineMs = defaultDeadlineMs,
}: RedisAdapterOptions): QuotaStore {
  const command = bounded(client, deadlineMs)
  // One hash slot for all keys of a counter.
  const keysOf = ({ tenantId, featureKey, periodStart }: QuotaCounter): readonly string[] =>
    ['sums', 'held', 'due', 'old'].map(
      (part) => `${prefix}:quota:{${tenantId}:${featureKey}:${periodStart.getTime()}}:${part}`,
    )

  return {
    adapter: { name: 'redis' },
    reserve: ({ id, amount, limit, now, expiresAt, ...counter }) =>
      command('reserve', async (redis) => {
        const values = [id, amount, limit ?? '', now.getTime(), expiresAt.getTime()]
        const [granted, used] = ((await reserveScript(redis, keysOf(counter), values)) as unknown[]).map(
          Number,
        )
        return { granted: granted === 1, used: used ?? 0 }
      }),
    settle: ({ id, ...counter }, spent) =>
      command(
        'settle',
        async (redis) => Number(await settleScript(redis, keysOf(counter), [id, spent])) === 1,
      ),
    used: (counter, now) =>
      command('used', async (redis) => Number(await usedScript(redis, keysOf(counter), [now.getTime()]))),
    purge: async () => {},
    check: () => checkAnswers(command),
  }
}
