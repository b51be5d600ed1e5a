import fc from 'fast-check'
import { expect, test } from 'vitest'
import { manualClock } from '../kernel/manual-clock.ts'
import { memoryRateLimiter } from './rate-limiter.memory.ts'

const quotas = fc.record({
  limit: fc.integer({ min: 1, max: 50 }),
  windowMs: fc.integer({ min: 1, max: 100_000 }),
})
const steps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 })

test('over any stretch of time it admits at most a burst and the rate', async () => {
  await fc.assert(
    fc.asyncProperty(quotas, steps, async (quota, pauses) => {
      const clock = manualClock()
      const limiter = memoryRateLimiter({ clock })
      const admitted: number[] = []
      for (const pause of pauses) {
        clock.advance(`${pause}ms`)
        if ((await limiter.take('key', quota)).allowed) admitted.push(clock.now().getTime())
      }
      for (const [i, from] of admitted.entries()) {
        for (const [j, to] of admitted.entries()) {
          if (j < i) continue
          // Half a call absorbs the rounding of doubles; a whole one too many would still show.
          const most = quota.limit + ((to - from) * quota.limit) / quota.windowMs + 0.5
          expect(j - i + 1).toBeLessThanOrEqual(most)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('retryAfterMs is exact: refused a millisecond before, allowed at it', async () => {
  await fc.assert(
    fc.asyncProperty(quotas, fc.integer({ min: 0, max: 10_000 }), async (quota, start) => {
      const at = async (extra: number) => {
        const clock = manualClock()
        clock.advance(`${start}ms`)
        const limiter = memoryRateLimiter({ clock })
        let decision = await limiter.take('key', quota)
        while (decision.allowed) decision = await limiter.take('key', quota)
        clock.advance(`${decision.retryAfterMs + extra}ms`)
        return (await limiter.take('key', quota)).allowed
      }
      expect(await at(0)).toBe(true)
      expect(await at(-1)).toBe(false)
    }),
    { numRuns: 100 },
  )
})

test('forgets keys whose quota is whole, so that memory follows the callers of one window', async () => {
  const clock = manualClock()
  const limiter = memoryRateLimiter({ clock })
  const quota = { limit: 1, windowMs: 1_000 }
  for (let i = 0; i < 50_000; i++) {
    if (i % 100 === 0) clock.advance('100ms')
    await limiter.take(`key-${i}`, quota)
  }
  // 1,000 keys are alive at any time.
  expect(limiter.size).toBeLessThanOrEqual(4_000)
  expect(await limiter.take('key-49999', quota)).toMatchObject({ allowed: false })
})

test.each([
  { limit: 0, windowMs: 1_000 },
  { limit: 1, windowMs: 0 },
  { limit: Number.NaN, windowMs: 1_000 },
])('refuses the quota %o', async (quota) => {
  await expect(memoryRateLimiter().take('key', quota)).rejects.toThrow(RangeError)
})
