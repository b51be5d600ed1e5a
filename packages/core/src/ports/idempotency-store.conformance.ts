import type {
  IdempotencyRequest,
  IdempotencyState,
  IdempotencyStore,
  StoredResponse,
} from './idempotency-store.ts'
import { race, racers, type Suite, winners } from './suite.ts'
import type { Timeline } from './timeline.ts'

const request: IdempotencyRequest = {
  scope: 'usr_1|POST /things',
  key: 'key-1',
  fingerprint: 'digest-1',
  leaseMs: 60_000,
  keepMs: 3_600_000,
}

const response: StoredResponse = {
  status: 201,
  headers: { 'content-type': 'application/json', location: '/things/1' },
  body: '{"name":"Žofie 🌱","quote":"\\""}',
}

const short = 20
const later = 80

/** The law of {@link IdempotencyStore}. `fresh` gives an empty store for each test. */
export function idempotencyStoreConformance(
  { test, expect }: Suite,
  fresh: () => Promise<{ readonly store: IdempotencyStore } & Timeline>,
): void {
  const begun = async (store: IdempotencyStore, change: Partial<IdempotencyRequest> = {}): Promise<string> =>
    (await store.begin({ ...request, ...change })).state

  test('a new key is started, and running until it is completed', async () => {
    const { store } = await fresh()
    expect(await begun(store)).toBe('started')
    expect(await begun(store)).toBe('running')
  })

  test('done gives the kept answer unchanged, every time', async () => {
    const { store } = await fresh()
    await begun(store)
    await store.complete(request.scope, request.key, response)
    for (let i = 0; i < 3; i++) expect(await store.begin(request)).toEqual({ state: 'done', response })
  })

  test('another fingerprint is a mismatch, running or done', async () => {
    const { store } = await fresh()
    await begun(store)
    expect(await begun(store, { fingerprint: 'digest-2' })).toBe('mismatch')
    await store.complete(request.scope, request.key, response)
    expect(await begun(store, { fingerprint: 'digest-2' })).toBe('mismatch')
    expect(await begun(store)).toBe('done')
  })

  test('the same key of another caller is another key', async () => {
    const { store } = await fresh()
    await begun(store)
    await store.complete(request.scope, request.key, response)
    expect(await begun(store, { scope: 'usr_2|POST /things' })).toBe('started')
    expect(await begun(store, { key: 'key-2' })).toBe('started')
  })

  test('scope and key do not run together', async () => {
    const { store } = await fresh()
    expect(await begun(store, { scope: 'a', key: 'b|c' })).toBe('started')
    expect(await begun(store, { scope: 'a|b', key: 'c' })).toBe('started')
  })

  test('of concurrent callers one gets started and the others running', async () => {
    const { store } = await fresh()
    const states = winners(await race(() => begun(store)))
    expect(states.filter((state) => state === 'started')).toHaveLength(1)
    expect(states.filter((state) => state === 'running')).toHaveLength(racers - 1)
  })

  test('after its lease an unfinished request is taken up again by one caller', async () => {
    const { store, wait } = await fresh()
    await begun(store, { leaseMs: short })
    await wait(later)
    const states = winners(await race(() => begun(store)))
    expect(states.filter((state) => state === 'started')).toHaveLength(1)
    expect(states.filter((state) => state === 'running')).toHaveLength(racers - 1)
  })

  test('a finished request is not taken up again after its lease', async () => {
    const { store, wait } = await fresh()
    await begun(store, { leaseMs: short })
    await store.complete(request.scope, request.key, response)
    await wait(later)
    expect(await begun(store)).toBe('done')
  })

  test('a released key is free, also for another fingerprint', async () => {
    const { store } = await fresh()
    await begun(store)
    await store.release(request.scope, request.key)
    expect(await begun(store, { fingerprint: 'digest-2' })).toBe('started')
  })

  test('release does not take back a kept answer', async () => {
    const { store } = await fresh()
    await begun(store)
    await store.complete(request.scope, request.key, response)
    await store.release(request.scope, request.key)
    expect(await begun(store)).toBe('done')
  })

  test('complete and release of one key leave the others alone', async () => {
    const { store } = await fresh()
    await begun(store)
    await begun(store, { key: 'key-2' })
    await begun(store, { key: 'key-3' })
    await store.complete(request.scope, 'key-2', response)
    await store.release(request.scope, 'key-3')
    expect(await begun(store)).toBe('running')
  })

  test('an expired key is a new key for one caller, whatever its fingerprint', async () => {
    const { store, wait } = await fresh()
    await begun(store, { leaseMs: short, keepMs: short })
    await store.complete(request.scope, request.key, response)
    await wait(later)
    const states = winners(await race(() => begun(store, { fingerprint: 'digest-2' })))
    expect(states.filter((state) => state === 'started')).toHaveLength(1)
    expect(states.filter((state) => state === 'running')).toHaveLength(racers - 1)
  })

  test('purge forgets expired keys only and says how many', async () => {
    const { store, wait } = await fresh()
    const states: IdempotencyState[] = []
    for (const key of ['a', 'b', 'c']) {
      states.push(await store.begin({ ...request, key, leaseMs: short, keepMs: short }))
    }
    expect(states).toHaveLength(3)
    await begun(store)
    await store.complete(request.scope, request.key, response)
    expect(await store.purge()).toBe(0)
    await wait(later)
    expect(await store.purge()).toBe(3)
    expect(await store.purge()).toBe(0)
    expect(await begun(store)).toBe('done')
  })
}
