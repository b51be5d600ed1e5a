import { race, racers, type Suite, winners } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'
import type { ConsentRecord } from './consent-repository.ts'
import { at, type AuthStorage, now, storedUser } from './samples.conformance.ts'

const consentOf = (userId: UserId, change: Partial<ConsentRecord> = {}): ConsentRecord => ({
  userId,
  policy: 'terms',
  version: '2026-03',
  acceptedAt: now,
  ipPrefix: '192.0.2.0/24',
  userAgent: 'curl',
  ...change,
})

/** The law of `ConsentRepository`. `fresh` gives an empty storage for each test. */
export function consentRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  test('consents are listed oldest first, and of their user alone', async () => {
    const storage = await fresh()
    const { consents } = storage.repositories.auth
    const [userId, other] = [await storedUser(storage), await storedUser(storage)]
    const later = consentOf(userId, {
      version: '2026-02',
      acceptedAt: at(1),
      ipPrefix: null,
      userAgent: null,
    })
    const terms = consentOf(userId)
    const privacy = consentOf(userId, { policy: 'privacy' })
    for (const consent of [later, terms, privacy, consentOf(other)])
      expect(await consents.record(consent)).toBe(true)
    expect(await consents.list(userId)).toEqual([privacy, terms, later])
    expect(await consents.list(other)).toEqual([consentOf(other)])
  })

  test('a consent that is given again stays as it was', async () => {
    const storage = await fresh()
    const { consents } = storage.repositories.auth
    const first = consentOf(await storedUser(storage))
    await consents.record(first)
    expect(await consents.record({ ...first, acceptedAt: at(60), ipPrefix: null })).toBe(false)
    expect(await consents.list(first.userId)).toEqual([first])
  })

  test('of concurrent callers with one consent, one adds it', async () => {
    const storage = await fresh()
    const { consents } = storage.repositories.auth
    const userId = await storedUser(storage)
    const results = winners(
      await race((racer) => consents.record(consentOf(userId, { acceptedAt: at(racer) }))),
    )
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await consents.list(userId)).toHaveLength(1)
  })

  test('a consent given in a transaction that fails was not given', async () => {
    const storage = await fresh()
    const userId = await storedUser(storage)
    const failed = storage.transaction(async ({ repositories: { auth } }) => {
      await auth.consents.record(consentOf(userId))
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect(await storage.repositories.auth.consents.list(userId)).toEqual([])
  })
}
