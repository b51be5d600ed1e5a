import { beforeAll, expect, test } from 'vitest'
import { recordBackend } from '../../../../test/backends.ts'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { impatient } from '../../../../test/impatient.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { lockConformance } from './lock.conformance.ts'
import { memoryLock } from './lock.memory.ts'
import type { Lease, Lock } from './lock.ts'
import type { Suite } from './suite.ts'
import { manualTime } from './timeline.ts'

const never = { never: 'a map does not fail' }

beforeAll(() => recordBackend('memory'))
lockConformance(
  conforming('lock', 'memory'),
  async () => {
    const time = manualTime()
    return { lock: memoryLock({ clock: time.clock }), ...time }
  },
  never,
)

test('forgets expired leases', async () => {
  const { clock, wait } = manualTime()
  const lock = memoryLock({ clock })
  for (let i = 0; i < 1000; i++) await lock.acquire(`brief ${i}`, { leaseMs: 10 })
  await wait(20)
  for (let i = 0; i < 30; i++) await lock.acquire(`held ${i}`, { leaseMs: 60_000 })
  expect(lock.size).toBeLessThanOrEqual(30)
})

const spoilt =
  (spoil: (lease: Lease | null, lock: Lock) => Lease | null | Promise<Lease | null>) => (suite: Suite) =>
    lockConformance(
      suite,
      async () => {
        const time = manualTime()
        const lock = memoryLock({ clock: time.clock })
        const acquire: Lock['acquire'] = async (name, options) =>
          spoil(await lock.acquire(name, options), lock)
        return { lock: { ...lock, acquire }, ...time }
      },
      never,
    )

/** Asks whether the name is free and takes it afterwards, as one does with a `get` and a `set`. */
function askedFirst(suite: Suite): void {
  lockConformance(
    suite,
    async () => {
      const time = manualTime()
      const held = new Map<string, number>()
      let token = 0
      const acquire: Lock['acquire'] = async (name) => {
        const free = !held.has(name)
        await Promise.resolve()
        if (!free) return null
        token += 1
        held.set(name, token)
        return { name, token, renew: async () => true, release: async () => held.delete(name) }
      }
      return { lock: { adapter: { name: 'bad' }, acquire }, ...time }
    },
    never,
  )
}

test.each([
  ['the same token for every lease', spoilt((lease) => lease && { ...lease, token: 1 }), 'tokens grow'],
  ['tokens that shrink', spoilt((lease) => lease && { ...lease, token: 1e9 - lease.token }), 'tokens grow'],
  [
    'a release that says yes to everybody',
    spoilt((lease) => lease && { ...lease, release: async () => (await lease.release()) || true }),
    'once',
  ],
  [
    'a stale holder who frees the lock of another',
    (suite: Suite) => {
      const current = new Map<string, Lease>()
      spoilt((lease) => {
        if (lease === null) return null
        current.set(lease.name, lease)
        return { ...lease, release: async () => (await current.get(lease.name)?.release()) ?? false }
      })(suite)
    },
    'stale holder',
  ],
  [
    'a stale holder who renews the lock of another',
    (suite: Suite) => {
      const current = new Map<string, Lease>()
      spoilt((lease) => {
        if (lease === null) return null
        current.set(lease.name, lease)
        return { ...lease, renew: async (ms: number) => (await current.get(lease.name)?.renew(ms)) ?? false }
      })(suite)
    },
    'stale holder',
  ],
  [
    'a renewal that renews nothing',
    spoilt((lease) => lease && { ...lease, renew: async () => true }),
    'renew holds',
  ],
  ['asking before taking', askedFirst, 'of concurrent callers one gets the lease'],
])('the suite finds %s', async (_fault, run, law) => {
  const failed = await collectFailures((suite) => run(impatient(suite)))
  expect(failed.filter((name) => name.includes(law))).not.toEqual([])
})

test('the suite finds an engine that fails in silence', async () => {
  const silent = async (): Promise<Lock> => ({ adapter: { name: 'bad' }, acquire: async () => null })
  const failed = await collectFailures((suite) =>
    lockConformance(suite, async () => ({ lock: memoryLock(), ...manualTime() }), silent),
  )
  expect(failed.some((name) => name.includes('an engine that fails'))).toBe(true)
})
