import type { Lease, Lock } from './lock.ts'
import { failureOf, type Outage } from './outage.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

const long = 60_000
const short = 40
/** Longer than `short` on every engine, however coarse its timer. */
const later = 160

/** The law of {@link Lock}. `fresh` gives a lock that nobody holds for each test. */
export function lockConformance(
  { test, skip, expect }: Suite,
  fresh: () => Promise<{ readonly lock: Lock } & Timeline>,
  outage: Outage<Lock>,
): void {
  async function held(lock: Lock, leaseMs = long, name = 'name'): Promise<Lease> {
    const lease = await lock.acquire(name, { leaseMs })
    if (lease === null) throw new Error(`"${name}" is held by somebody else.`)
    return lease
  }

  test('a lease carries its name and a token that is a positive safe integer', async () => {
    const { lock } = await fresh()
    const name = 'a:b c/ключ 🔑'
    const lease = await held(lock, long, name)
    expect(lease.name).toBe(name)
    expect(Number.isSafeInteger(lease.token)).toBe(true)
    expect(lease.token).toBeGreaterThan(0)
  })

  test('acquire gives null while somebody else holds the name, and each name is held by itself', async () => {
    const { lock } = await fresh()
    await held(lock)
    expect(await lock.acquire('name', { leaseMs: long })).toBe(null)
    expect(await lock.acquire('Name', { leaseMs: long })).not.toBe(null)
  })

  test('of concurrent callers one gets the lease', async () => {
    const { lock } = await fresh()
    const results = winners(await race(() => lock.acquire('name', { leaseMs: long })))
    expect(results).toHaveLength(racers)
    expect(results.filter((lease) => lease !== null)).toHaveLength(1)
  })

  test('of concurrent callers one gets the lease that expired', async () => {
    const { lock, wait } = await fresh()
    await held(lock, short)
    await wait(later)
    const results = winners(await race(() => lock.acquire('name', { leaseMs: long })))
    expect(results).toHaveLength(racers)
    expect(results.filter((lease) => lease !== null)).toHaveLength(1)
  })

  test('release frees the lock, once', async () => {
    const { lock } = await fresh()
    const lease = await held(lock)
    expect(await lease.release()).toBe(true)
    expect(await lease.release()).toBe(false)
    expect(await lease.renew(long)).toBe(false)
    await held(lock)
  })

  test('of concurrent releases one gets true', async () => {
    const { lock } = await fresh()
    const lease = await held(lock)
    expect(winners(await race(() => lease.release())).filter(Boolean)).toHaveLength(1)
  })

  test('a lease that expired can be neither renewed nor released', async () => {
    const { lock, wait } = await fresh()
    const lease = await held(lock, short)
    await wait(later)
    expect(await lease.renew(long)).toBe(false)
    expect(await lease.release()).toBe(false)
    await held(lock)
  })

  test('renew and release of a stale holder change nothing for the new one', async () => {
    const { lock, wait } = await fresh()
    const stale = await held(lock, short)
    await wait(later)
    const current = await held(lock)
    expect(await stale.renew(1)).toBe(false)
    expect(await stale.release()).toBe(false)
    await wait(later)
    expect(await lock.acquire('name', { leaseMs: long })).toBe(null)
    expect(await current.release()).toBe(true)
  })

  test('renew holds the lock for as long as it says from now, longer or shorter', async () => {
    const { lock, wait } = await fresh()
    // A second, so that a busy machine comes in time to renew it.
    const lease = await held(lock, 1_000)
    expect(await lease.renew(long)).toBe(true)
    await wait(1_200)
    expect(await lock.acquire('name', { leaseMs: long })).toBe(null)
    expect(await lease.renew(short)).toBe(true)
    await wait(later)
    await held(lock)
  })

  test('tokens grow from holder to holder, released or expired', async () => {
    const { lock, wait } = await fresh()
    const tokens: number[] = []
    for (let round = 0; round < 6; round++) {
      const lease = await held(lock, round % 2 === 0 ? short : long)
      tokens.push(lease.token)
      if (round % 2 === 0) await wait(later)
      else await lease.release()
    }
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b))
    expect(new Set(tokens).size).toBe(tokens.length)
  })

  test('renewing does not change the token', async () => {
    const { lock } = await fresh()
    const lease = await held(lock)
    const { token } = lease
    await lease.renew(long)
    expect(lease.token).toBe(token)
  })

  test('waitMs waits for a release', async () => {
    const { lock } = await fresh()
    const first = await held(lock)
    const waiting = lock.acquire('name', { leaseMs: long, waitMs: long })
    await first.release()
    expect((await waiting)?.token).toBeGreaterThan(first.token)
  })

  test('waitMs waits for an expiry', async () => {
    const { lock, wait } = await fresh()
    const first = await held(lock, short)
    const waiting = lock.acquire('name', { leaseMs: long, waitMs: long })
    await wait(later)
    expect((await waiting)?.token).toBeGreaterThan(first.token)
  })

  test('waitMs gives null when the lock was held all the time', async () => {
    const { lock, wait } = await fresh()
    const first = await held(lock)
    const waiting = lock.acquire('name', { leaseMs: long, waitMs: short })
    await wait(later)
    expect(await waiting).toBe(null)
    expect(await first.release()).toBe(true)
  })

  test('concurrent callers that wait hold the lock one after another, with growing tokens', async () => {
    const { lock } = await fresh()
    const tokens: number[] = []
    let inside = 0
    let together = 0
    await race(async () => {
      const lease = await lock.acquire('name', { leaseMs: long, waitMs: long })
      if (lease === null) return
      inside += 1
      together = Math.max(together, inside)
      tokens.push(lease.token)
      await Promise.resolve()
      inside -= 1
      await lease.release()
    })
    expect(together).toBe(1)
    expect(tokens).toHaveLength(racers)
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b))
    expect(new Set(tokens).size).toBe(racers)
  })

  test('refuses a lease that is not a whole number of at least 1 ms', async () => {
    const { lock } = await fresh()
    for (const leaseMs of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(lock.acquire('name', { leaseMs })).rejects.toMatchObject({ name: 'RangeError' })
    }
    const lease = await held(lock)
    await expect(lease.renew(0)).rejects.toMatchObject({ name: 'RangeError' })
    expect(await lease.release()).toBe(true)
  })

  const failing = 'an engine that fails gives no lease: acquire throws port/unavailable'
  if ('never' in outage) skip(failing, outage.never)
  else {
    test(failing, async () => {
      const lock = await outage()
      expect(await failureOf(lock.acquire('name', { leaseMs: long }))).toBe('port/unavailable')
    })
  }
}
