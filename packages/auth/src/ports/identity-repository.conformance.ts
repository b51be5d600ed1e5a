import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'
import type { IdentityRecord } from './identity-repository.ts'
import { at, type AuthStorage, now, recorded, sampleEvent, storedUser } from './samples.conformance.ts'

/** The law of `IdentityRepository`. `fresh` gives an empty storage for each test. */
export function identityRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { identities } = storage.repositories.auth
    return { storage, identities, ada: await storedUser(storage), bob: await storedUser(storage) }
  }

  const sample = (userId: UserId, change: Partial<IdentityRecord> = {}): IdentityRecord => ({
    id: newId('idn'),
    userId,
    issuer: 'https://id.example.com',
    subject: newId('sub'),
    email: 'ada@example.com',
    createdAt: now,
    ...change,
  })

  test('an identity is found by issuer and subject together, to the letter', async () => {
    const { identities, ada, bob } = await open()
    const [one, two] = [sample(ada, { subject: 'Ada' }), sample(bob, { subject: 'ada', email: null })]
    await identities.insert(one, [])
    await identities.insert(two, [])
    await identities.insert(sample(bob, { subject: 'Ada', issuer: 'https://id.example.com/' }), [])
    expect(await identities.findUser(one.issuer, 'Ada')).toBe(ada)
    expect(await identities.findUser(one.issuer, 'ada')).toBe(bob)
    expect(await identities.findUser(`${one.issuer}/`, 'Ada')).toBe(bob)
    expect(await identities.findUser(one.issuer, 'ADA')).toBe(null)
    expect(await identities.findUser(one.issuer, 'Ada ')).toBe(null)
    expect(await identities.findUser('https://ID.example.com', 'Ada')).toBe(null)
    expect(await identities.list(ada)).toEqual([one])
  })

  test('of concurrent callers with one issuer and subject one succeeds, the others get auth/identity-taken', async () => {
    const { storage, identities, ada, bob } = await open()
    const results = await race((racer) =>
      identities.insert(sample(racer % 2 ? ada : bob, { subject: 'one' }), [sampleEvent('linked')]),
    )
    const failed = results.filter((result) => result.status === 'rejected')
    expect(failed).toHaveLength(racers - 1)
    for (const { reason } of failed) expect(reason).toMatchObject({ code: 'auth/identity-taken' })
    expect([...(await identities.list(ada)), ...(await identities.list(bob))]).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('a list is oldest first', async () => {
    const { identities, ada } = await open()
    const young = sample(ada, { id: `idn_${'z'.repeat(26)}`, createdAt: at(9) })
    const old = sample(ada)
    await identities.insert(young, [])
    await identities.insert(old, [])
    expect(await identities.list(ada)).toEqual([old, young])
  })

  test('of concurrent removals one succeeds', async () => {
    const { storage, identities, ada } = await open()
    const one = sample(ada)
    await identities.insert(one, [])
    const results = await race(() => identities.remove(ada, one.id, [sampleEvent('removed')]))
    expect(winners(results).filter(Boolean)).toEqual([true])
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('a user removes their own, once', async () => {
    const { storage, identities, ada, bob } = await open()
    const one = sample(ada)
    await identities.insert(one, [])
    expect(await identities.remove(bob, one.id, [sampleEvent('removed')])).toBe(false)
    expect(await recorded(storage)).toHaveLength(0)
    expect(await identities.remove(ada, one.id, [sampleEvent('removed')])).toBe(true)
    expect(await identities.remove(ada, one.id, [sampleEvent('removed')])).toBe(false)
    expect(await identities.findUser(one.issuer, one.subject)).toBe(null)
    expect(await recorded(storage)).toHaveLength(1)
  })
}
