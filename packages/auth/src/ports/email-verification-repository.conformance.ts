import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'
import type { EmailVerification } from './email-verification-repository.ts'
import { at, type AuthStorage, now, recorded, sampleEvent, sampleUser } from './samples.conformance.ts'

const idOf = (age: number) => `emv_${String(age).padStart(26, '0')}` as const

const verified = (userId: UserId) => sampleEvent('verified', { userId })

/** The law of `EmailVerificationRepository`. `fresh` gives an empty storage for each test. */
export function emailVerificationRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  /** A user with a verification that runs out in a minute. */
  async function open(change: Partial<EmailVerification> = {}) {
    const storage = await fresh()
    const { users, emailVerifications } = storage.repositories.auth
    const { user, ...account } = sampleUser()
    await users.insert({ user, ...account })
    const userId = user.id
    const digest = newId('digest')
    const verification = { id: idOf(5), userId, email: user.email, digest, expiresAt: at(60), ...change }
    await emailVerifications.replace(verification)
    const redeem = (token = verification.digest, time = now) =>
      emailVerifications.redeem(token, time, verified)
    const isVerified = async () => (await users.find(userId))?.emailVerified
    return { storage, emailVerifications, userId, verification, redeem, isVerified }
  }

  test('a token verifies the address of its user, once', async () => {
    const { storage, userId, redeem, isVerified } = await open()
    const other = sampleUser()
    await storage.repositories.auth.users.insert(other)
    expect(await redeem()).toBe(userId)
    expect(await isVerified()).toBe(true)
    expect(await redeem()).toBe(null)
    expect(await recorded(storage)).toMatchObject([{ type: 'test.session.verified', payload: { userId } }])
    expect((await storage.repositories.auth.users.find(other.user.id))?.emailVerified).toBe(false)
  })

  test('an unknown token is null and records nothing', async () => {
    const { storage, redeem, isVerified } = await open()
    expect(await redeem('unknown')).toBe(null)
    expect(await isVerified()).toBe(false)
    expect(await recorded(storage)).toEqual([])
  })

  test('an expired token is null', async () => {
    const { redeem, isVerified, userId } = await open()
    expect(await redeem(undefined, at(60))).toBe(null)
    expect(await isVerified()).toBe(false)
    expect(await redeem(undefined, at(59.999))).toBe(userId)
  })

  test('a token for an address that the user no longer has is null', async () => {
    const { storage, redeem, isVerified } = await open({ email: 'former@example.com' })
    expect(await redeem()).toBe(null)
    expect(await isVerified()).toBe(false)
    expect(await recorded(storage)).toEqual([])
  })

  test('of concurrent callers with one token, one gets the user', async () => {
    const { storage, userId, redeem } = await open()
    const results = winners(await race(() => redeem()))
    expect(results).toHaveLength(racers)
    expect(results.filter((redeemed) => redeemed !== null)).toEqual([userId])
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('a new verification drops the earlier one of the user, and of nobody else', async () => {
    const first = await open()
    const { storage, emailVerifications, userId, verification } = first
    const other = sampleUser()
    await storage.repositories.auth.users.insert(other)
    const { id: otherId, email } = other.user
    const foreign = { ...verification, id: newId('emv'), userId: otherId, email, digest: newId('digest') }
    await emailVerifications.replace(foreign)
    const second = { ...verification, id: idOf(6), digest: newId('digest') }
    await emailVerifications.replace(second)
    expect(await first.redeem()).toBe(null)
    expect(await first.redeem(second.digest)).toBe(userId)
    expect(await first.redeem(foreign.digest)).toBe(otherId)
  })

  test('storing the same id again changes nothing, even when it was used', async () => {
    const { storage, emailVerifications, verification, redeem, userId } = await open()
    await emailVerifications.replace({ ...verification, expiresAt: at(3600) })
    expect(await redeem(undefined, at(61))).toBe(null)
    expect(await redeem()).toBe(userId)
    await emailVerifications.replace(verification)
    expect(await redeem()).toBe(null)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('of concurrent replacements of one user, the newest stays', async () => {
    const { emailVerifications, verification, redeem, userId } = await open()
    const drafts = Array.from({ length: racers }, (_, racer) => ({
      ...verification,
      id: idOf(100 + racer),
      digest: newId('digest'),
    }))
    expect(
      winners(await race(async (racer) => emailVerifications.replace(drafts[racer] ?? verification))),
    ).toHaveLength(racers)
    const results: (string | null)[] = []
    for (const { digest } of drafts) results.push(await redeem(digest))
    expect(results.filter((redeemed) => redeemed !== null)).toEqual([userId])
    expect(results.at(-1)).toBe(userId)
  })

  test('an older verification that comes again takes nothing from a newer one', async () => {
    const { emailVerifications, verification, redeem, userId } = await open()
    const newer = { ...verification, id: idOf(6), digest: newId('digest') }
    await emailVerifications.replace(newer)
    await emailVerifications.replace(verification)
    expect(await redeem(verification.digest)).toBe(null)
    expect(await redeem(newer.digest)).toBe(userId)
  })

  test('purge forgets what expired before the time', async () => {
    const { emailVerifications, redeem, userId } = await open()
    expect(await emailVerifications.purge(at(60))).toBe(0)
    expect(await redeem()).toBe(userId)
    expect(await emailVerifications.purge(at(60.001))).toBe(1)
    expect(await emailVerifications.purge(at(60.001))).toBe(0)
  })
}
