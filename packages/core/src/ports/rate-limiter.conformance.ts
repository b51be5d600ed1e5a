import type { RateLimiter } from './rate-limiter.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

// An hour, so that what a real engine takes for a test gives nothing back.
const hourly = { limit: 5, windowMs: 3_600_000 }
const quick = { limit: 4, windowMs: 400 }

/** The law of {@link RateLimiter}. `fresh` gives a limiter that remembers nothing for each test. */
export function rateLimiterConformance(
  { test, expect }: Suite,
  fresh: () => Promise<{ readonly limiter: RateLimiter } & Timeline>,
): void {
  const burst = async (limiter: RateLimiter, calls: number, key = 'key', quota = hourly) => {
    const decisions = []
    for (let i = 0; i < calls; i++) decisions.push(await limiter.take(key, quota))
    return decisions
  }

  test('admits the limit in a burst and refuses the next call', async () => {
    const { limiter } = await fresh()
    const allowed = (await burst(limiter, 7)).map((decision) => decision.allowed)
    expect(allowed).toEqual([true, true, true, true, true, false, false])
  })

  test('each key has its own quota', async () => {
    const { limiter } = await fresh()
    await burst(limiter, 6, 'key')
    expect(await limiter.take('other', hourly)).toMatchObject({ allowed: true, remaining: 4 })
  })

  test('limit repeats the quota and remaining counts down to 0', async () => {
    const { limiter } = await fresh()
    const decisions = await burst(limiter, 6)
    expect(decisions.map(({ limit }) => limit)).toEqual([5, 5, 5, 5, 5, 5])
    expect(decisions.map(({ remaining }) => remaining)).toEqual([4, 3, 2, 1, 0, 0])
  })

  test('retryAfterMs is 0 while a call is allowed, and afterwards at most the time of one call', async () => {
    const { limiter } = await fresh()
    const retries = (await burst(limiter, 6)).map(({ retryAfterMs }) => retryAfterMs)
    expect(retries.slice(0, 4)).toEqual([0, 0, 0, 0])
    for (const retry of retries.slice(4)) {
      expect(retry).toBeGreaterThan(0)
      expect(retry).toBeLessThanOrEqual(hourly.windowMs / hourly.limit)
    }
  })

  test('a call is allowed once retryAfterMs has passed', async () => {
    const { limiter, wait } = await fresh()
    let decision = await limiter.take('key', quick)
    while (decision.retryAfterMs === 0) decision = await limiter.take('key', quick)
    await wait(decision.retryAfterMs)
    expect(await limiter.take('key', quick)).toMatchObject({ allowed: true })
  })

  test('the whole quota is back once resetAfterMs has passed', async () => {
    const { limiter, wait } = await fresh()
    const decisions = await burst(limiter, 5, 'key', quick)
    const last = decisions.at(-1)
    expect(last?.resetAfterMs).toBeGreaterThan(0)
    expect(last?.resetAfterMs).toBeLessThanOrEqual(quick.windowMs)
    await wait(last?.resetAfterMs ?? 0)
    expect(await limiter.take('key', quick)).toMatchObject({ allowed: true, remaining: quick.limit - 1 })
  })

  test('admits the limit per window over time, and one burst', async () => {
    const { limiter, wait, clock } = await fresh()
    const start = clock.now().getTime()
    let admitted = 0
    for (let step = 0; step < 12; step++) {
      for (let call = 0; call < 6; call++) {
        if ((await limiter.take('key', quick)).allowed) admitted += 1
      }
      await wait(50)
    }
    const windows = (clock.now().getTime() - start) / quick.windowMs
    expect(admitted).toBeLessThanOrEqual(quick.limit + Math.floor(windows * quick.limit))
    expect(admitted).toBeGreaterThan(quick.limit)
  })

  test('a refused call costs nothing', async () => {
    const { limiter } = await fresh()
    await burst(limiter, 5)
    const [first, ...others] = await burst(limiter, 20)
    for (const refused of others) {
      expect(refused.resetAfterMs).toBeLessThanOrEqual(first?.resetAfterMs ?? 0)
      expect(refused.retryAfterMs).toBeLessThanOrEqual(first?.retryAfterMs ?? 0)
    }
  })

  test('concurrent callers never get more than the quota between them', async () => {
    const { limiter } = await fresh()
    const decisions = winners(await race(() => limiter.take('key', { ...hourly, limit: 10 })))
    expect(decisions).toHaveLength(racers)
    const remaining = decisions.filter(({ allowed }) => allowed).map((decision) => decision.remaining)
    expect(remaining.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
}
