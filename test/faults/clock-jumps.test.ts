import { type Clock, memoryLock, type QueuePolicy } from '@corbel/core/ports'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Backend, backends, type OpenStorage, openStorage, openTimeout } from '../storages.ts'
import { expectFault } from './report.fixture.ts'

const leaseMs = 30_000
const hourMs = 3_600_000

/** A clock that goes wherever it is sent. */
function jumpingClock(): Clock & { jump(ms: number): void } {
  let offset = 0
  const start = Date.UTC(2026, 0, 1)
  return {
    now: () => new Date(start + offset),
    jump(ms) {
      offset += ms
    },
  }
}

const queue: QueuePolicy = { name: 'faults.clock', attempts: 3, retryMs: 1000, longestRetryMs: 1000, leaseMs }
const request = { scope: 'scope', key: 'key', fingerprint: 'same', leaseMs, keepMs: 24 * hourMs }

/** Takes each kind of lease; returns how each could be taken by somebody else. */
async function takeLeases({ storage }: OpenStorage, clock: Clock) {
  const lock = memoryLock({ clock })
  await storage.transaction(async ({ events, jobs }) => {
    await events.record({ type: 'faults.clock', tenantId: null, payload: {} })
    await jobs.enqueue({ name: queue.name, tenantId: null, payload: {} })
  })
  const takers: Readonly<Record<string, () => Promise<boolean>>> = {
    outbox: async () => (await storage.outbox.claim({ limit: 1, leaseMs })).length > 0,
    job: async () => (await storage.jobs.claim(queue, 1)).length > 0,
    idempotency: async () => (await storage.idempotency.begin(request)).state === 'started',
    lock: async () => (await lock.acquire('name', { leaseMs })) !== null,
  }
  return takers
}

/** The bad control: it takes any far time for a late one. */
function abruptLease(clock: Clock): () => Promise<boolean> {
  let takenAt: number | null = null
  return async () => {
    const now = clock.now().getTime()
    if (takenAt !== null && Math.abs(now - takenAt) < leaseMs) return false
    takenAt = now
    return true
  }
}

async function takenBy(takers: Readonly<Record<string, () => Promise<boolean>>>): Promise<readonly string[]> {
  const taken: string[] = []
  for (const [name, take] of Object.entries(takers)) if (await take()) taken.push(name)
  return taken
}

describe.each(await backends())('clocks that jump, on %s', (backend: Backend) => {
  const clock = jumpingClock()
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(backend, { clock })
  }, openTimeout)
  afterAll(() => opened?.close())

  test('F10: no lease is given away when the clock goes back by an hour', async () => {
    const takers = await takeLeases(opened, clock)
    const control = { control: abruptLease(clock) }
    const first = await takenBy(takers)
    await takenBy(control)
    clock.jump(-hourMs)
    const early = await takenBy(takers)
    const bad = await takenBy(control)
    clock.jump(hourMs + leaseMs - 1000)
    const before = await takenBy(takers)
    clock.jump(2000)
    const after = await takenBy(takers)
    const demandsOf = (stolen: readonly string[]) => ({
      [`no lease is stolen early (${stolen.join()})`]: stolen.length === 0,
    })
    expectFault(
      `F10 ${backend}`,
      { leases: first.length, stolen: early.length + before.length, freeAgain: after.length },
      {
        ...demandsOf([...early, ...before]),
        'each was taken': first.length === 4,
        'each is free when its time is over': after.length === 4,
      },
      demandsOf(bad),
    )
  })
})
