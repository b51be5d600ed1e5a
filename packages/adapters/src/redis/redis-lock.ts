import { acquireByTrying, checkLeaseMs, type Lease, type Lock } from '@corbel/core/ports'
import { checkKeeps } from './redis-check.ts'
import {
  bounded,
  defaultDeadlineMs,
  defaultPrefix,
  monotonicClock,
  type RedisAdapterOptions,
} from './redis-client.ts'
import { redisScript } from './redis-script.ts'

// The token is the last one and 1, but at least the microseconds since the epoch: so it grows even when Redis has lost the last
// one with all its memory. Below 2^53 until the year 2255. One counter for all names, for a counter per name could never go.
const acquireScript = redisScript(`
  if redis.call('EXISTS', KEYS[1]) == 1 then return '' end
  local time = redis.call('TIME')
  local last = tonumber(redis.call('GET', KEYS[2]) or 0)
  local token = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
  redis.call('SET', KEYS[2], token)
  redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
  return token
`)

const renewScript = redisScript(`
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`)

const releaseScript = redisScript(`
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])
`)

/**
 * Locks that all processes respect. While Redis fails `acquire`, `renew` and `release` throw. A Redis that loses its memory
 * (FLUSHALL, a crash, a failover) forgets who holds what, and two may believe they hold one name: the fencing token tells
 * them apart, for it grows nevertheless.
 */
export function redisLock({
  client,
  prefix = defaultPrefix,
  deadlineMs = defaultDeadlineMs,
}: RedisAdapterOptions): Lock {
  const command = bounded(client, deadlineMs)
  const keyOf = (name: string): string => `${prefix}:lock:${name}`
  const fenceKey = `${prefix}:fence`

  const release = (name: string, token: string): Promise<boolean> =>
    command('release', async (client) => Number(await releaseScript(client, [keyOf(name)], [token])) === 1)

  async function take(name: string, leaseMs: number): Promise<Lease | null> {
    let answer: Promise<string> | undefined
    try {
      const token = await command('acquire', (client) => {
        answer = acquireScript(client, [keyOf(name), fenceKey], [leaseMs]).then(String)
        return answer
      })
      return token === '' ? null : leaseOf(name, token)
    } catch (error) {
      // Redis may still carry it out, when it thaws: nobody would hold that lease.
      answer?.then((token) => token === '' || release(name, token)).catch(() => {})
      throw error
    }
  }

  const leaseOf = (name: string, token: string): Lease => ({
    name,
    token: Number(token),
    renew: async (leaseMs) => {
      checkLeaseMs(leaseMs)
      return command(
        'renew',
        async (client) => Number(await renewScript(client, [keyOf(name)], [token, leaseMs])) === 1,
      )
    },
    release: () => release(name, token),
  })

  return {
    adapter: { name: 'redis' },
    acquire: async (name, options) => {
      checkLeaseMs(options.leaseMs)
      return acquireByTrying(() => take(name, options.leaseMs), options, monotonicClock)
    },
    check: () => checkKeeps(command, 'locks'),
  }
}
