import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { PasswordReset } from './password-reset-repository.ts'
import { at, type AuthStorage, now, sampleUser } from './samples.conformance.ts'

const idOf = (age: number) => `pwr_${String(age).padStart(26, '0')}` as const

/** The law of `PasswordResetRepository`. `fresh` gives an empty storage for each test. */
export function passwordResetRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  /** A user with a reset that runs out in a minute. */
  async function open(change: Partial<PasswordReset> = {}) {
    const storage = await fresh()
    const { users, passwordResets } = storage.repositories.auth
    const account = sampleUser()
    await users.insert(account)
    const { id: userId, email } = account.user
    const reset = { id: idOf(5), userId, email, digest: newId('digest'), expiresAt: at(60), ...change }
    await passwordResets.replace(reset)
    return { storage, passwordResets, userId, reset }
  }

  test('a password reset token is good once, and found until then', async () => {
    const { passwordResets, userId, reset } = await open()
    expect(await passwordResets.find(reset.digest, now)).toBe(userId)
    expect(await passwordResets.find(reset.digest, now)).toBe(userId)
    expect(await passwordResets.redeem(reset.digest, now)).toBe(userId)
    expect(await passwordResets.find(reset.digest, now)).toBe(null)
    expect(await passwordResets.redeem(reset.digest, now)).toBe(null)
  })

  test('a password reset token that is unknown or expired is null', async () => {
    const { passwordResets, reset, userId } = await open()
    for (const [digest, time] of [
      ['unknown', now],
      [reset.digest, at(60)],
    ] as const) {
      expect(await passwordResets.find(digest, time)).toBe(null)
      expect(await passwordResets.redeem(digest, time)).toBe(null)
    }
    expect(await passwordResets.redeem(reset.digest, at(59.999))).toBe(userId)
  })

  test('a password reset token for an address that the user no longer has is null', async () => {
    const { passwordResets, reset } = await open({ email: 'former@example.com' })
    expect(await passwordResets.find(reset.digest, now)).toBe(null)
    expect(await passwordResets.redeem(reset.digest, now)).toBe(null)
  })

  test('of concurrent callers with one password reset token, one gets the user', async () => {
    const { passwordResets, userId, reset } = await open()
    const results = winners(await race(() => passwordResets.redeem(reset.digest, now)))
    expect(results).toHaveLength(racers)
    expect(results.filter((redeemed) => redeemed !== null)).toEqual([userId])
  })

  test('a newer password reset takes the place of the older one, and never the other way round', async () => {
    const { passwordResets, userId, reset } = await open()
    const newer = { ...reset, id: idOf(6), digest: newId('digest') }
    await passwordResets.replace(newer)
    expect(await passwordResets.find(reset.digest, now)).toBe(null)
    await passwordResets.replace(reset)
    expect(await passwordResets.find(reset.digest, now)).toBe(null)
    expect(await passwordResets.redeem(newer.digest, now)).toBe(userId)
    await passwordResets.replace(newer)
    expect(await passwordResets.find(newer.digest, now)).toBe(null)
  })

  test('of concurrent password resets of one user, the newest stays', async () => {
    const { passwordResets, reset, userId } = await open()
    const drafts = Array.from({ length: racers }, (_, racer) => ({
      ...reset,
      id: idOf(100 + racer),
      digest: newId('digest'),
    }))
    const replaced = await race(async (racer) => passwordResets.replace(drafts[racer] ?? reset))
    expect(winners(replaced)).toHaveLength(racers)
    const found = await Promise.all(drafts.map(({ digest }) => passwordResets.find(digest, now)))
    expect(found.filter((one) => one !== null)).toEqual([userId])
    expect(found.at(-1)).toBe(userId)
  })

  test('purge forgets password resets that expired before the time', async () => {
    const { passwordResets, reset, userId } = await open()
    expect(await passwordResets.purge(at(60))).toBe(0)
    expect(await passwordResets.find(reset.digest, now)).toBe(userId)
    expect(await passwordResets.purge(at(60.001))).toBe(1)
    expect(await passwordResets.find(reset.digest, now)).toBe(null)
  })
}
