import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import { at, type AuthStorage, now, storedMember } from './samples.conformance.ts'
import type { OpenChallenge } from './sign-in-challenge-repository.ts'

/** The law of `SignInChallengeRepository`. `fresh` gives an empty storage for each test. */
export function signInChallengeRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  /** A challenge that runs out in a minute. */
  async function open() {
    const storage = await fresh()
    const { signInChallenges } = storage.repositories.auth
    const member = await storedMember(storage)
    const challenge: OpenChallenge = {
      ...member,
      digest: newId('digest'),
      client: 'browser',
      amr: ['pwd'],
      expiresAt: at(60),
    }
    await signInChallenges.insert(challenge)
    await signInChallenges.insert({ ...challenge, digest: newId('digest') })
    const { digest } = challenge
    const attempt = (client = 'browser', time = now) => signInChallenges.attempt(digest, client, time, 5)
    return { storage, signInChallenges, challenge, digest, attempt }
  }

  test('a challenge is found as it was stored, by the client that it was given to', async () => {
    const { signInChallenges, challenge, digest, attempt } = await open()
    expect(await signInChallenges.find(digest, 'browser', now)).toEqual(challenge)
    expect(await signInChallenges.find(digest, 'another', now)).toBe(null)
    expect(await signInChallenges.find('unknown', 'browser', now)).toBe(null)
    expect(await attempt()).toEqual(challenge)
    expect(await attempt('another')).toBe(null)
  })

  test('of all callers, as many as the limit says may try', async () => {
    const { signInChallenges, digest, attempt } = await open()
    const results = winners(await race(() => attempt()))
    expect(results).toHaveLength(racers)
    expect(results.filter((found) => found !== null)).toHaveLength(5)
    expect(await attempt()).toBe(null)
    expect(await signInChallenges.find(digest, 'browser', now)).not.toBe(null)
  })

  test('another client does not use up the attempts', async () => {
    const { attempt } = await open()
    for (let i = 0; i < 10; i++) await attempt('another')
    expect(await attempt()).not.toBe(null)
  })

  test('an expired challenge is null and is not redeemed', async () => {
    const { signInChallenges, challenge, digest, attempt } = await open()
    expect(await signInChallenges.find(digest, 'browser', at(60))).toBe(null)
    expect(await attempt('browser', at(60))).toBe(null)
    expect(await signInChallenges.redeem(challenge, at(60))).toBe(false)
    expect(await attempt('browser', at(59.999))).not.toBe(null)
  })

  test('of concurrent callers, one redeems it, and then it is null', async () => {
    const { signInChallenges, challenge, digest, attempt } = await open()
    const results = winners(await race(() => signInChallenges.redeem(challenge, now)))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await signInChallenges.find(digest, 'browser', now)).toBe(null)
    expect(await attempt()).toBe(null)
  })

  test('a challenge is not redeemed for another tenant', async () => {
    const { storage, signInChallenges, challenge } = await open()
    const { tenantId } = await storedMember(storage)
    expect(await signInChallenges.redeem({ ...challenge, tenantId }, now)).toBe(false)
    expect(await signInChallenges.redeem(challenge, now)).toBe(true)
  })

  test('purge forgets what expired before the time', async () => {
    const { signInChallenges, digest } = await open()
    expect(await signInChallenges.purge(at(60))).toBe(0)
    expect(await signInChallenges.find(digest, 'browser', now)).not.toBe(null)
    expect(await signInChallenges.purge(at(60.001))).toBe(2)
    expect(await signInChallenges.find(digest, 'browser', now)).toBe(null)
  })
}
