import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { memoryRateLimiter } from '@corbel/core/ports'
import { afterAll, describe, expect, test } from 'vitest'
import { openRedis, redisUrl } from '../redis.ts'

const run = promisify(execFile)
const takes = 10_000
const limit = 4000
const url = await redisUrl()
const redis = url === null ? null : await openRedis(url)
afterAll(() => redis?.close())

/** One percent of the limit, in which there is room for what comes back while the test runs. */
const expectAround = (allowed: number): void => {
  expect(allowed).toBeGreaterThanOrEqual(limit * 0.99)
  expect(allowed).toBeLessThanOrEqual(limit * 1.01)
}

test('F33: in memory 10,000 requests at once get what the limit allows, and what is left never grows', async () => {
  const limiter = memoryRateLimiter()
  const quota = { limit, windowMs: 3_600_000 }
  const left: number[] = []
  let allowed = 0
  for (let i = 0; i < takes; i++) {
    const decision = await limiter.take('key', quota)
    if (decision.allowed) allowed++
    left.push(decision.remaining)
  }
  expectAround(allowed)
  const grown = left.filter((value, index) => value > (left[index - 1] ?? limit))
  // While a refused caller waits, one place comes back each 0.9 s.
  expect(grown.length).toBeLessThanOrEqual(limit * 0.01)
})

describe.skipIf(url === null)('F33: on Redis', () => {
  test.each([1, 2, 4])(
    '%i processes get together what the limit allows',
    { timeout: 120_000 },
    async (processes) => {
      const prefix = redis?.prefix() ?? ''
      const script = fileURLToPath(new URL('take.process.ts', import.meta.url))
      const results = await Promise.all(
        Array.from({ length: processes }, () =>
          run(process.execPath, [
            '--conditions=@corbel/source',
            script,
            url ?? '',
            prefix,
            String(takes / processes),
            String(limit),
          ]),
        ),
      )
      expectAround(results.reduce((sum, { stdout }) => sum + Number(stdout), 0))
    },
  )
})
