import { manualTime, memoryRateLimiter, type Quota } from '@corbel/core/ports'
import type { Redis } from 'ioredis'
import { afterAll, describe, expect, test } from 'vitest'
import { openRedis, redisUrl } from '../../../../test/redis.ts'
import { gcraDecision } from './gcra-script.ts'
import { redisRateLimiter } from './redis-rate-limiter.ts'
import { redisScript } from './redis-script.ts'

const url = await redisUrl()

/** The decision as Redis makes it, at a time that the test says. */
const atTime = redisScript(`local now = tonumber(ARGV[3])\n${gcraDecision}`)

// Windows so long that no key expires by the real clock while the test runs.
const quotas: readonly Quota[] = [
  { limit: 1, windowMs: 3_600_000 },
  { limit: 7, windowMs: 1_000_003 },
  { limit: 3, windowMs: 86_400_000 },
  { limit: 10_000, windowMs: 2_592_000_000 },
]

/** Numerical Recipes' generator: the same steps in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

describe.skipIf(url === null)('redis rate limiter', async () => {
  const open = await openRedis(url ?? '')
  afterAll(() => open.close())

  async function decide(client: Redis, key: string, { limit, windowMs }: Quota, now: number) {
    const reply = await atTime(client, [key], [limit, windowMs, now])
    const [allowed, remaining, retryAfterMs, resetAfterMs] = (reply as unknown[]).map(Number)
    return { allowed: allowed === 1, limit, remaining, retryAfterMs, resetAfterMs }
  }

  test.each(quotas)('decides as the reference does: $limit per $windowMs ms', async (quota) => {
    const { clock, wait } = manualTime()
    const reference = memoryRateLimiter({ clock })
    const key = open.prefix()
    const random = numbers(quota.windowMs)
    const interval = quota.windowMs / quota.limit
    let refused = 0
    for (let step = 0; step < 500; step++) {
      const kind = random.next().value
      if (kind > 0.4) await wait(Math.floor(random.next().value * interval * (kind > 0.95 ? 5 : 1)))
      const expected = await reference.take('key', quota)
      const actual = await decide(open.client, key, quota, clock.now().getTime())
      if (!expected.allowed) refused += 1
      expect({ step, ...actual, retryAfterMs: 0, resetAfterMs: 0 }).toEqual({
        step,
        ...expected,
        retryAfterMs: 0,
        resetAfterMs: 0,
      })
      expect(Math.abs((actual.retryAfterMs ?? 0) - expected.retryAfterMs)).toBeLessThanOrEqual(1)
      expect(Math.abs((actual.resetAfterMs ?? 0) - expected.resetAfterMs)).toBeLessThanOrEqual(1)
    }
    if (quota.limit < 10) expect(refused).toBeGreaterThan(20)
  })

  test('keeps a key only until its quota is whole', async () => {
    const prefix = open.prefix()
    await redisRateLimiter({ client: open.client, prefix, deadlineMs: 10_000 }).take('key', {
      limit: 4,
      windowMs: 60_000,
    })
    const ttl = await open.client.pttl(`${prefix}:rate:key`)
    expect(ttl).toBeGreaterThan(0)
    expect(ttl).toBeLessThanOrEqual(15_000)
  })

  test('processes share one quota', async () => {
    const options = { client: open.client, prefix: open.prefix(), deadlineMs: 10_000 }
    const limiters = [redisRateLimiter(options), redisRateLimiter(options)]
    const quota = { limit: 10, windowMs: 3_600_000 }
    const decisions = await Promise.all(
      Array.from({ length: 32 }, () => limiters.map((limiter) => limiter.take('key', quota))).flat(),
    )
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10)
  })

  test.each([
    { limit: 0, windowMs: 1000 },
    { limit: 1, windowMs: 0 },
    { limit: Number.NaN, windowMs: 1000 },
  ])('refuses $limit per $windowMs ms', async (quota) => {
    const limiter = redisRateLimiter({ client: open.client, prefix: open.prefix() })
    await expect(limiter.take('key', quota)).rejects.toThrow(RangeError)
  })
})
