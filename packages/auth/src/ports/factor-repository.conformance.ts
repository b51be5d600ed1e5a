import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import {
  at,
  type AuthStorage,
  awkwardText,
  now,
  recorded,
  sampleEvent,
  storedUser,
} from './samples.conformance.ts'

const confirmed = (userId: string) => [sampleEvent('confirmed', { userId })]
const removed = (userId: string) => [sampleEvent('removed', { userId })]

/** The law of `FactorRepository`. `fresh` gives an empty storage for each test. */
export function factorRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  /** A user with a factor that is not confirmed. */
  async function open() {
    const storage = await fresh()
    const { factors } = storage.repositories.auth
    const userId = await storedUser(storage)
    const enrolled = {
      id: newId('aut'),
      userId,
      kind: 'totp',
      label: awkwardText,
      secret: `sealed.${'x'.repeat(200)}`,
      createdAt: now,
    } as const
    await factors.enroll(enrolled)
    const confirm = (step = 100) => factors.confirm(userId, enrolled.id, step, at(1), confirmed(userId))
    return { storage, factors, userId, enrolled, confirm }
  }

  test('a factor is listed as it was enrolled, for its user only', async () => {
    const { storage, factors, userId, enrolled } = await open()
    expect(await factors.list(userId)).toEqual([{ ...enrolled, confirmedAt: null, lastUsedAt: null }])
    expect(await factors.list(await storedUser(storage))).toEqual([])
  })

  test('enrolling replaces what is not confirmed, and nothing else', async () => {
    const { storage, factors, userId, enrolled, confirm } = await open()
    const other = { ...enrolled, id: newId('aut'), userId: await storedUser(storage) }
    await factors.enroll(other)
    const second = { ...enrolled, id: newId('aut'), label: null, secret: 'sealed.second', createdAt: at(2) }
    await factors.enroll(second)
    expect((await factors.list(userId)).map(({ id, secret }) => [id, secret])).toEqual([
      [second.id, 'sealed.second'],
    ])
    expect(await confirm()).toBe(false)
    expect(await factors.confirm(userId, second.id, 100, at(3), [])).toBe(true)
    const third = { ...enrolled, id: newId('aut') }
    await factors.enroll(third)
    expect((await factors.list(userId)).map(({ id }) => id).toSorted()).toEqual(
      [second.id, third.id].toSorted(),
    )
    expect(await factors.list(other.userId)).toHaveLength(1)
  })

  test('confirming happens once, records its events, and is for the user of the factor', async () => {
    const { storage, factors, userId, enrolled, confirm } = await open()
    const stranger = await storedUser(storage)
    expect(await factors.confirm(stranger, enrolled.id, 100, at(1), confirmed(stranger))).toBe(false)
    expect(await confirm()).toBe(true)
    expect(await confirm(101)).toBe(false)
    expect(await factors.list(userId)).toMatchObject([{ confirmedAt: at(1), lastUsedAt: at(1) }])
    expect(await recorded(storage)).toMatchObject([{ type: 'test.session.confirmed', payload: { userId } }])
  })

  test('a step is claimed once, and only after every step that was claimed before', async () => {
    const { storage, factors, userId, enrolled, confirm } = await open()
    const claim = (step: number, id = userId) => factors.claim(id, enrolled.id, step, at(step))
    expect(await claim(100)).toBe(false)
    await confirm(100)
    expect(await claim(100)).toBe(false)
    expect(await claim(99)).toBe(false)
    expect(await claim(102, await storedUser(storage))).toBe(false)
    expect(await claim(102)).toBe(true)
    expect(await claim(101)).toBe(false)
    expect(await claim(102)).toBe(false)
    expect(await claim(103)).toBe(true)
    expect(await factors.list(userId)).toMatchObject([{ lastUsedAt: at(103) }])
  })

  test('steps of this century are claimed as they are', async () => {
    const { factors, userId, enrolled, confirm } = await open()
    await confirm(59_000_000)
    expect(await factors.claim(userId, enrolled.id, 136_000_000, at(1))).toBe(true)
    expect(await factors.claim(userId, enrolled.id, 136_000_000, at(1))).toBe(false)
  })

  test('of concurrent callers with one step, one claims it', async () => {
    const { factors, userId, enrolled, confirm } = await open()
    await confirm(100)
    const results = winners(await race(() => factors.claim(userId, enrolled.id, 101, at(2))))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
  })

  test('of concurrent callers, one confirms', async () => {
    const { storage, confirm } = await open()
    const results = winners(await race(() => confirm()))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('of concurrent enrolments of one user, one stays', async () => {
    const { factors, userId, enrolled } = await open()
    const results = winners(await race(() => factors.enroll({ ...enrolled, id: newId('aut') })))
    expect(results).toHaveLength(racers)
    expect(await factors.list(userId)).toHaveLength(1)
  })

  test('a factor is removed by its user, once, with its events', async () => {
    const { storage, factors, userId, enrolled } = await open()
    const stranger = await storedUser(storage)
    expect(await factors.remove(stranger, enrolled.id, removed(stranger))).toBe(false)
    const results = winners(await race(() => factors.remove(userId, enrolled.id, removed(userId))))
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await factors.list(userId)).toEqual([])
    expect(await recorded(storage)).toMatchObject([{ payload: { userId } }])
  })

  test('sign-in learns of a factor once it is confirmed, and forgets it when it is removed', async () => {
    const { storage, factors, userId, enrolled, confirm } = await open()
    const { users } = storage.repositories.auth
    const known = async () => (await users.findForSignInById(userId))?.factors
    expect(await known()).toEqual([])
    await confirm()
    expect(await known()).toEqual(['totp'])
    await factors.remove(userId, enrolled.id, [])
    expect(await known()).toEqual([])
  })
}
