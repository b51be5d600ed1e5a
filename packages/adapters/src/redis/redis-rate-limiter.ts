import { memoryRateLimiter, type Quota, type RateLimitDecision, type RateLimiter } from '@corbel/core/ports'
import { gcraDecision, serverNow } from './gcra-script.ts'
import { type AttemptOptions, attempting } from './redis-attempt.ts'
import { checkAnswers } from './redis-check.ts'
import {
  bounded,
  defaultDeadlineMs,
  defaultPrefix,
  monotonicClock,
  type RedisAdapterOptions,
} from './redis-client.ts'
import { redisScript } from './redis-script.ts'

export interface RedisRateLimiterOptions extends RedisAdapterOptions, AttemptOptions {
  /** How many processes share the quotas. While Redis fails each admits its share of them, at least 1 call. @default 1 */
  readonly processes?: number
}

const takeScript = redisScript(serverNow + gcraDecision)

/**
 * Quotas that all processes share, in one round trip, by the clock of Redis.
 *
 * While Redis fails each process admits its share by itself, and for one window after that a call needs the consent of both: a
 * failure, even one in which Redis lost its memory, admits at most as much again as the quota. A Redis that forgets
 * without failing (eviction, FLUSHALL) cannot make one process admit more than twice the quota.
 */
export function redisRateLimiter({
  client,
  prefix = defaultPrefix,
  deadlineMs = defaultDeadlineMs,
  processes = 1,
  ...options
}: RedisRateLimiterOptions): RateLimiter {
  const command = bounded(client, deadlineMs)
  const attempt = attempting(command, options, 'Each process limits rates by itself until it answers.')
  const local = memoryRateLimiter({ clock: monotonicClock })
  let failedAt = Number.NEGATIVE_INFINITY

  async function take(key: string, quota: Quota): Promise<RateLimitDecision> {
    const { limit, windowMs } = checked(quota)
    const decision = await attempt<RateLimitDecision | null>(
      'take',
      async (client) => {
        const reply = await takeScript(client, [`${prefix}:rate:${key}`], [limit, windowMs])
        const [allowed, remaining = 0, retryAfterMs = 0, resetAfterMs = 0] = (reply as unknown[]).map(Number)
        return { allowed: allowed === 1, limit, remaining, retryAfterMs, resetAfterMs }
      },
      () => null,
    )
    if (decision !== null && !decision.allowed) return decision
    if (decision === null) failedAt = performance.now()
    const isAlone = performance.now() - failedAt <= windowMs
    // Twice the quota, for answers reach this process unevenly: it must not refuse what Redis rightly admitted.
    const share = isAlone ? Math.max(1, limit / processes) : limit * 2
    const own = await local.take(key, { limit: share, windowMs })
    return decision === null || !own.allowed ? { ...own, limit } : decision
  }

  return {
    adapter: { name: 'redis' },
    take,
    check: () => checkAnswers(command),
  }
}

function checked(quota: Quota): Quota {
  if (quota.limit >= 1 && quota.windowMs > 0) return quota
  throw new RangeError(
    `A quota needs a limit of at least 1 and a window above 0 ms, not ${quota.limit} per ${quota.windowMs} ms.`,
  )
}
