import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'
import type { AttemptQuery, Failure, FailureCounter } from './attempt-repository.ts'
import {
  at,
  type AuthStorage,
  now,
  openedSession,
  recorded,
  sampleEvent,
  sampleSession,
  storedMember,
  storedUser,
} from './samples.conformance.ts'

/** The law of `AttemptRepository`. `fresh` gives an empty storage for each test. */
export function attemptRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  const client = { userAgent: 'curl', ipPrefix: '192.0.2.0/24' }
  const queryOf = (change: Partial<AttemptQuery> = {}): AttemptQuery => ({
    account: 'account',
    device: 'device',
    network: 'network',
    client,
    now,
    ...change,
  })
  const counterOf = (change: Partial<FailureCounter> = {}): FailureCounter => ({
    key: 'account',
    limit: 3,
    since: at(-600),
    lockUntil: at(600),
    expiresAt: at(600),
    ...change,
  })

  async function open() {
    const storage = await fresh()
    const userId: UserId = await storedUser(storage)
    const { attempts } = storage.repositories.auth
    const fail = (change: Partial<Failure> = {}) =>
      attempts.recordFailure({
        counters: [counterOf()],
        userId,
        most: 100,
        now,
        events: [],
        lockedEvents: [sampleEvent('locked', { userId })],
        exhaustedEvents: [sampleEvent('exhausted', { userId })],
        ...change,
      })
    const state = (change?: Partial<AttemptQuery>) => attempts.find(userId, queryOf(change))
    const types = async () => (await recorded(storage)).map(({ type }) => type)
    return { storage, attempts, userId, fail, state, types }
  }

  test('nothing is on record at first, nor for an account that does not exist', async () => {
    const { attempts, state } = await open()
    const nothing = { isKnownClient: false, failures: 0, locks: {} }
    expect(await state()).toEqual(nothing)
    expect(await attempts.find(null, queryOf())).toEqual(nothing)
    expect(await attempts.find(newId('usr'), queryOf({ network: null }))).toEqual(nothing)
  })

  test('the failure that reaches the limit locks its key until the lock ends, and records it once', async () => {
    const { fail, state, types } = await open()
    await fail()
    await fail()
    expect((await state()).locks).toEqual({})
    await fail()
    expect(await state()).toEqual({ isKnownClient: false, failures: 3, locks: { account: at(600) } })
    expect((await state({ now: at(599.999) })).locks).toEqual({ account: at(600) })
    expect((await state({ now: at(600) })).locks).toEqual({})
    expect((await state({ account: 'other' })).locks).toEqual({})
    expect(await types()).toEqual(['test.session.locked'])
  })

  test('a limit of one locks at the first failure', async () => {
    const { fail, state } = await open()
    await fail({ counters: [counterOf({ limit: 1 })] })
    expect((await state()).locks).toEqual({ account: at(600) })
  })

  test('failures outside of the window do not count', async () => {
    const { fail, state } = await open()
    await fail()
    await fail()
    const later = { now: at(60), counters: [counterOf({ since: now, lockUntil: at(660) })] }
    await fail(later)
    await fail(later)
    expect((await state({ now: at(60) })).locks).toEqual({})
    await fail(later)
    expect((await state({ now: at(60) })).locks).toEqual({ account: at(660) })
  })

  test('under a lock nothing counts and nothing prolongs it; after it the count begins anew', async () => {
    const { fail, state } = await open()
    for (let i = 0; i < 3; i++) await fail()
    const during = { now: at(599), counters: [counterOf({ lockUntil: at(1199) })] }
    for (let i = 0; i < 3; i++) await fail(during)
    expect((await state({ now: at(600) })).locks).toEqual({})
    const afterwards = { now: at(600), counters: [counterOf({ since: at(0), lockUntil: at(1200) })] }
    await fail(afterwards)
    await fail(afterwards)
    expect((await state({ now: at(600) })).locks).toEqual({})
    await fail(afterwards)
    expect((await state({ now: at(600) })).locks).toEqual({ account: at(1200) })
  })

  test('one failure counts under each of its counters, by the limit of each', async () => {
    const { fail, state, types } = await open()
    const counters = [counterOf({ limit: 4 }), counterOf({ key: 'network', limit: 2 })]
    await fail({ counters })
    await fail({ counters })
    expect((await state()).locks).toEqual({ network: at(600) })
    expect(await types()).toEqual([])
  })

  test('an account that does not exist has counters and locks, and no events', async () => {
    const { attempts, fail, types } = await open()
    for (let i = 0; i < 3; i++) await fail({ userId: null })
    expect(await attempts.find(null, queryOf())).toEqual({
      isKnownClient: false,
      failures: 0,
      locks: { account: at(600) },
    })
    for (let i = 0; i < 3; i++) await fail({ userId: newId('usr'), counters: [counterOf({ key: 'x' })] })
    expect(await types()).toEqual([])
  })

  test('consecutive failures count up to the most, and reaching it is recorded once', async () => {
    const { fail, state, types } = await open()
    const counters = [counterOf({ limit: 100 })]
    for (let i = 0; i < 4; i++) await fail({ most: 3, counters })
    expect((await state()).failures).toBe(3)
    await fail({ most: 5, counters })
    expect((await state()).failures).toBe(4)
    expect(await types()).toEqual(['test.session.exhausted'])
  })

  test('of concurrent failures none is lost, one locks and one exhausts', async () => {
    const { storage, userId, fail, state, types } = await open()
    const other = await storedUser(storage)
    const shared = counterOf({ key: 'network', limit: racers * 2 })
    const results = await race((racer) =>
      fail(
        racer % 2 === 0
          ? { counters: [counterOf({ limit: racers / 2 }), shared], most: racers / 2 }
          : { counters: [shared, counterOf({ key: 'z', limit: racers })], userId: other },
      ),
    )
    expect(winners(results)).toHaveLength(racers)
    expect(await state()).toEqual({
      isKnownClient: false,
      failures: racers / 2,
      locks: { account: at(600) },
    })
    expect((await storage.repositories.auth.attempts.find(other, queryOf())).failures).toBe(racers / 2)
    expect((await types()).toSorted()).toEqual(['test.session.exhausted', 'test.session.locked'])
    await fail({ userId, counters: [{ ...shared, limit: racers + 1 }] })
    expect((await state()).locks).toEqual({ account: at(600), network: at(600) })
  })

  test('the clients that are known to an account are listed, each once', async () => {
    const storage = await fresh()
    const [member, other] = [await storedMember(storage), await storedMember(storage)]
    const { attempts } = storage.repositories.auth
    const listed = () => attempts.listKnownClients(member.userId)
    await openedSession(storage, other, client)
    expect(await listed()).toEqual([])
    for (const opened of [client, client, { ...client, userAgent: null }, { ...client, ipPrefix: null }])
      await openedSession(storage, member, opened)
    await openedSession(storage, member, {
      userAgent: 'wget',
      ipPrefix: client.ipPrefix,
      impersonatorId: other.userId,
    })
    expect(await listed()).toEqual([client])
  })

  test('a client is known to the account for which it opened a session, and to no other', async () => {
    const storage = await fresh()
    const member = await storedMember(storage)
    const other = await storedMember(storage)
    const { attempts } = storage.repositories.auth
    const isKnown = async (userId: UserId | null, change = {}) =>
      (await attempts.find(userId, queryOf(change))).isKnownClient
    expect(await isKnown(member.userId)).toBe(false)
    await openedSession(storage, member, client)
    await openedSession(storage, other)
    expect(await isKnown(member.userId)).toBe(true)
    expect(await isKnown(other.userId)).toBe(false)
    expect(await isKnown(null)).toBe(false)
    for (const stranger of [
      { ...client, userAgent: 'wget' },
      { ...client, ipPrefix: '198.51.100.0/24' },
      { ...client, ipPrefix: null },
      { ...client, userAgent: null },
    ])
      expect(await isKnown(member.userId, { client: stranger })).toBe(false)
    expect(await isKnown(other.userId, { client: { userAgent: null, ipPrefix: null } })).toBe(false)
  })

  test('opening a session forgets the consecutive failures and the keys of its attempt, and nothing else', async () => {
    const storage = await fresh()
    const [member, other] = [await storedMember(storage), await storedMember(storage)]
    const { attempts, sessions } = storage.repositories.auth
    const failed = { most: 100, now, events: [], lockedEvents: [], exhaustedEvents: [] }
    const counters = ['account', 'network'].map((key) => counterOf({ key, limit: 1 }))
    await attempts.recordFailure({ ...failed, counters, userId: member.userId })
    await attempts.recordFailure({ ...failed, counters: [], userId: other.userId })
    const token = { digest: newId('digest'), expiresAt: at(3600) }
    await sessions.open(sampleSession(member), token, [], ['account'])
    expect(await attempts.find(member.userId, queryOf())).toEqual({
      isKnownClient: false,
      failures: 0,
      locks: { network: at(600) },
    })
    expect((await attempts.find(other.userId, queryOf())).failures).toBe(1)
  })

  test('clear forgets the consecutive failures of the user and the keys', async () => {
    const { attempts, userId, fail, state } = await open()
    const counters = ['account', 'network'].map((key) => counterOf({ key, limit: 1 }))
    await fail({ counters })
    await attempts.clear(newId('usr'), [])
    expect((await state()).failures).toBe(1)
    await attempts.clear(userId, ['account'])
    expect(await state()).toEqual({ isKnownClient: false, failures: 0, locks: { network: at(600) } })
  })

  test('purge forgets keys that expired before the time, and no consecutive failures', async () => {
    const { attempts, fail, state } = await open()
    await fail({ counters: [counterOf({ limit: 1 })] })
    expect(await attempts.purge(at(600))).toBe(0)
    expect((await state()).locks).toEqual({ account: at(600) })
    expect(await attempts.purge(at(600.001))).toBe(1)
    expect(await state()).toEqual({ isKnownClient: false, failures: 1, locks: {} })
  })
}
