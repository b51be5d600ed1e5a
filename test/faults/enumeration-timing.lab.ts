import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestApp, testApp } from '../auth/support.fixture.ts'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'

const accounts = 120
const perAccount = 3

/** Welch's t of two samples, the slowest tenth of each left out: those are the machine's. */
function welch(a: readonly number[], b: readonly number[]): number {
  const [first, second] = [a, b].map((sample) => {
    const kept = sample.toSorted((x, y) => x - y).slice(0, Math.ceil(sample.length * 0.9))
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length
    const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1)
    return { mean, error: variance / kept.length }
  })
  if (!first || !second) throw new Error('Two samples are compared.')
  return (first.mean - second.mean) / Math.sqrt(first.error + second.error)
}

// Above 4.5 two samples are held to differ (threshold of the TVLA and dudect).
const noDifference = 4.5

describe.each((await backends()).filter((backend) => backend !== 'memory'))('the time on %s', (backend) => {
  let opened: OpenStorage
  let app: TestApp

  beforeAll(async () => {
    opened = await openStorage(backend)
    app = await testApp({ storage: opened.storage })
    for (let i = 0; i < accounts; i++) await app.register(`known${i}@example.com`)
  }, openTimeout)
  afterAll(() => opened.close())

  async function compare(call: (email: string) => Promise<unknown>): Promise<number> {
    const times = { known: [] as number[], other: [] as number[] }
    for (let i = 0; i < accounts * perAccount; i++) {
      // In turns, so that what the machine does meanwhile falls on both.
      const kinds = i % 2 === 0 ? (['known', 'other'] as const) : (['other', 'known'] as const)
      for (const kind of kinds) {
        const start = performance.now()
        await call(`${kind}${i % accounts}@example.com`)
        times[kind].push(performance.now() - start)
      }
    }
    return Math.abs(welch(times.known, times.other))
  }

  it('of a wrong password does not tell which addresses have an account', async () => {
    let number = 0
    const t = await compare((email) =>
      app.call('POST', '/api/v1/auth/token', {
        body: { email, password: 'a wrong password' },
        ip: `10.${(number++ >> 8) & 255}.${number & 255}.1`,
      }),
    )
    expect(t).toBeLessThan(noDifference)
  }, 300_000)

  it('of asking for a reset mail does not either', async () => {
    const t = await compare((email) => app.call('POST', '/api/v1/auth/password/forgot', { body: { email } }))
    expect(t).toBeLessThan(noDifference)
  }, 300_000)
})
