import type { DomainEvent } from './outbox.ts'
import type { Storage } from './storage.ts'
import { race, racers, type Suite, winners } from './suite.ts'

/** The least that any repository can do: keep a key and find it again. */
export interface StorageProbe<Repositories> {
  write(repositories: Repositories, key: string): Promise<void>
  /** Whether the key was written. */
  read(repositories: Repositories, key: string): Promise<boolean>
}

const event = (key: string): DomainEvent => ({ type: 'test.written', tenantId: null, payload: { key } })

/** The law of {@link Storage}, whatever its repositories. `fresh` gives an empty storage for each test. */
export function storageConformance<Repositories>(
  { test, expect }: Suite,
  fresh: () => Promise<{ readonly storage: Storage<Repositories> }>,
  { write, read }: StorageProbe<Repositories>,
): void {
  async function claimedKeys({ outbox }: Storage<Repositories>): Promise<readonly string[]> {
    const entries = await outbox.claim({ limit: racers * 2, leaseMs: 60_000 })
    return entries.map(({ payload }) => (payload as { readonly key: string }).key)
  }

  const broken = new Error('the work failed')

  test('a transaction resolves with the value of its work', async () => {
    const { storage } = await fresh()
    expect(await storage.transaction(async () => 'value')).toBe('value')
  })

  test('a resolved transaction has kept everything written through its scope', async () => {
    const { storage } = await fresh()
    await storage.transaction(async ({ repositories }) => {
      await write(repositories, 'a')
      await write(repositories, 'b')
    })
    expect(await read(storage.repositories, 'a')).toBe(true)
    expect(await read(storage.repositories, 'b')).toBe(true)
    expect(await storage.transaction(async ({ repositories }) => read(repositories, 'a'))).toBe(true)
  })

  test('the scope sees what was written through it', async () => {
    const { storage } = await fresh()
    await storage.transaction(async ({ repositories }) => {
      expect(await read(repositories, 'a')).toBe(false)
      await write(repositories, 'a')
      expect(await read(repositories, 'a')).toBe(true)
    })
  })

  test('a rejected transaction rejects with the error of its work and has left nothing', async () => {
    const { storage } = await fresh()
    await write(storage.repositories, 'before')
    const failed = storage.transaction(async ({ repositories, events }) => {
      await write(repositories, 'a')
      await events.record(event('a'))
      await write(repositories, 'b')
      throw broken
    })
    const [result] = await Promise.allSettled([failed])
    expect(result.status === 'rejected' ? result.reason : result.value).toBe(broken)
    expect(await read(storage.repositories, 'a')).toBe(false)
    expect(await read(storage.repositories, 'b')).toBe(false)
    expect(await read(storage.repositories, 'before')).toBe(true)
    expect(await storage.outbox.depth()).toEqual({ pending: 0, dead: 0 })
    expect(await claimedKeys(storage)).toEqual([])
  })

  test('a storage works on after a rejected transaction', async () => {
    const { storage } = await fresh()
    await Promise.allSettled([
      storage.transaction(async ({ repositories }) => {
        await write(repositories, 'a')
        throw broken
      }),
    ])
    await storage.transaction(async ({ repositories }) => write(repositories, 'a'))
    expect(await read(storage.repositories, 'a')).toBe(true)
  })

  test('an event recorded in a transaction is claimed once, after the commit', async () => {
    const { storage } = await fresh()
    await storage.transaction(async ({ repositories, events }) => {
      await write(repositories, 'a')
      await events.record(event('a'), event('b'))
    })
    expect(await storage.outbox.depth()).toEqual({ pending: 2, dead: 0 })
    expect((await claimedKeys(storage)).toSorted()).toEqual(['a', 'b'])
    expect(await claimedKeys(storage)).toEqual([])
  })

  test('a job enqueued in a transaction exists when it has committed, and not when it was rolled back', async () => {
    const { storage } = await fresh()
    const policy = {
      name: 'test.thing.do',
      attempts: 1,
      retryMs: 1_000,
      longestRetryMs: 1_000,
      leaseMs: 60_000,
    }
    const enqueue = (key: string, fails: boolean) =>
      storage.transaction(async ({ jobs }) => {
        await jobs.enqueue({ name: policy.name, tenantId: null, payload: { key } })
        if (fails) throw broken
      })
    await Promise.allSettled([enqueue('a', true), enqueue('b', false)])
    expect(await storage.jobs.claim(policy, 10)).toMatchObject([{ payload: { key: 'b' } }])
  })

  test('concurrent transactions all commit, each with its event', async () => {
    const { storage } = await fresh()
    const results = await race((racer) =>
      storage.transaction(async ({ repositories, events }) => {
        await write(repositories, `key-${racer}`)
        await events.record(event(`key-${racer}`))
        return racer
      }),
    )
    expect(winners(results)).toHaveLength(racers)
    for (let racer = 0; racer < racers; racer++) {
      expect(await read(storage.repositories, `key-${racer}`)).toBe(true)
    }
    const keys = await claimedKeys(storage)
    expect(keys).toHaveLength(racers)
    expect(new Set(keys).size).toBe(racers)
  })

  test('of concurrent transactions those that fail take nothing along', async () => {
    const { storage } = await fresh()
    const results = await race((racer) =>
      storage.transaction(async ({ repositories, events }) => {
        await write(repositories, `key-${racer}`)
        await events.record(event(`key-${racer}`))
        if (racer % 2 === 1) throw broken
      }),
    )
    expect(winners(results)).toHaveLength(racers / 2)
    for (let racer = 0; racer < racers; racer++) {
      expect(await read(storage.repositories, `key-${racer}`)).toBe(racer % 2 === 0)
    }
    expect(await claimedKeys(storage)).toHaveLength(racers / 2)
  })

  test('check resolves while the storage answers', async () => {
    const { storage } = await fresh()
    await storage.check()
    expect(storage.adapter.name.length).toBeGreaterThan(0)
  })
}
