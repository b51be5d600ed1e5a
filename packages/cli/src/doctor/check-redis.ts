import { toCliError } from '../run/to-cli-error.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import { redisFindings } from './redis-server.ts'
import { unusable } from './unusable.ts'

export async function checkRedis({
  config,
  source,
  inspected,
  progress,
}: Facts): Promise<readonly Finding[]> {
  const { redis } = config
  if (!redis || source.get(redis.setting) === undefined || unusable(inspected, redis.setting))
    return [{ id: 'redis', severity: 'skipped', subject: 'Redis', what: 'is not set' }]
  progress('Redis')
  try {
    const open = await redis.open(source)
    if (open === null) return []
    try {
      return redisFindings(redis.setting, await open.inspect(), inspected.profile)
    } finally {
      await open.close()
    }
  } catch (error) {
    const { ending, details } = toCliError(error)
    return [
      {
        id: ending === 'denied' ? 'redis.denied' : 'redis.unavailable',
        severity: 'error',
        subject: redis.setting,
        what: 'names a Redis that cannot be used',
        why: details.message,
        fix: details.fix,
      },
    ]
  }
}
