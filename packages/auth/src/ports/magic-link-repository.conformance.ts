import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { MagicLink } from './magic-link-repository.ts'
import { at, type AuthStorage, now, recorded, sampleEvent, sampleUser } from './samples.conformance.ts'

const idOf = (age: number) => `mgl_${String(age).padStart(26, '0')}` as const

/** The law of `MagicLinkRepository`. `fresh` gives an empty storage for each test. */
export function magicLinkRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  /** A user with a magic link that runs out in a minute. */
  async function open(change: Partial<MagicLink> = {}, emailVerified = true) {
    const storage = await fresh()
    const { users, magicLinks } = storage.repositories.auth
    const account = sampleUser({ emailVerified })
    await users.insert(account)
    const { id: userId, email } = account.user
    const link: MagicLink = {
      id: idOf(5),
      userId,
      email,
      digest: newId('digest'),
      codeDigest: newId('digest'),
      codeChallenge: null,
      expiresAt: at(60),
      ...change,
    }
    await magicLinks.replace(link)
    const redeem = (digest = link.digest, codeChallenge: string | null = null, time = now, id = userId) =>
      magicLinks.redeem({ userId: id, digest, codeChallenge }, time, [sampleEvent('redeemed', { userId })])
    return { storage, magicLinks, userId, link, redeem }
  }

  test('a magic link is found by its token until it is used, and used once, with its events', async () => {
    const { storage, magicLinks, userId, link, redeem } = await open()
    expect(await magicLinks.find(link.digest, now)).toBe(userId)
    expect(await magicLinks.find(link.codeDigest, now)).toBe(null)
    expect(await magicLinks.find('unknown', now)).toBe(null)
    expect(await redeem()).toBe(true)
    expect(await magicLinks.find(link.digest, now)).toBe(null)
    expect(await redeem()).toBe(false)
    expect(await recorded(storage)).toMatchObject([{ type: 'test.session.redeemed', payload: { userId } }])
  })

  test('the code of a magic link is as good as its token, and uses up both', async () => {
    const { link, redeem } = await open()
    expect(await redeem('unknown')).toBe(false)
    expect(await redeem(link.codeDigest)).toBe(true)
    expect(await redeem()).toBe(false)
    expect(await redeem(link.codeDigest)).toBe(false)
  })

  test('a magic link is for its own user only', async () => {
    const { storage, redeem } = await open()
    const { user, ...account } = sampleUser({ emailVerified: true })
    await storage.repositories.auth.users.insert({ user, ...account })
    expect(await redeem(undefined, null, now, user.id)).toBe(false)
    expect(await redeem()).toBe(true)
  })

  test('a magic link that is expired is neither found nor used', async () => {
    const { magicLinks, link, redeem } = await open()
    expect(await magicLinks.find(link.digest, at(60))).toBe(null)
    expect(await redeem(link.digest, null, at(60))).toBe(false)
    expect(await redeem(link.digest, null, at(59.999))).toBe(true)
  })

  test('a magic link for one client is not used by another', async () => {
    const { link, redeem } = await open({ codeChallenge: 'challenge' })
    expect(await redeem()).toBe(false)
    expect(await redeem(link.codeDigest, 'other')).toBe(false)
    expect(await redeem(link.digest, 'challenge')).toBe(true)
  })

  test('a magic link for any client is used whatever the client has', async () => {
    const { link, redeem } = await open()
    expect(await redeem(link.digest, 'challenge')).toBe(true)
  })

  test('a magic link to an address that is not verified, or that the user no longer has, is not used', async () => {
    for (const { redeem } of [await open({}, false), await open({ email: 'former@example.com' })])
      expect(await redeem()).toBe(false)
  })

  test('of concurrent callers with the token and the code of a magic link, one uses it', async () => {
    const { storage, link, redeem } = await open()
    const results = winners(await race((racer) => redeem(racer % 2 ? link.digest : link.codeDigest)))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('a newer magic link takes the place of the older one, and never the other way round', async () => {
    const { magicLinks, userId, link, redeem } = await open()
    const newer = { ...link, id: idOf(6), digest: newId('digest'), codeDigest: newId('digest') }
    await magicLinks.replace(newer)
    expect(await magicLinks.find(link.digest, now)).toBe(null)
    await magicLinks.replace(link)
    expect(await magicLinks.find(link.digest, now)).toBe(null)
    expect(await magicLinks.find(newer.digest, now)).toBe(userId)
    expect(await redeem(link.codeDigest)).toBe(false)
    expect(await redeem(newer.codeDigest)).toBe(true)
    await magicLinks.replace(newer)
    expect(await redeem(newer.digest)).toBe(false)
  })

  test('of concurrent magic links of one user, the newest stays', async () => {
    const { magicLinks, link, userId } = await open()
    const drafts = Array.from({ length: racers }, (_, racer) => ({
      ...link,
      id: idOf(100 + racer),
      digest: newId('digest'),
      codeDigest: newId('digest'),
    }))
    const replaced = await race(async (racer) => magicLinks.replace(drafts[racer] ?? link))
    expect(winners(replaced)).toHaveLength(racers)
    const found = await Promise.all(drafts.map(({ digest }) => magicLinks.find(digest, now)))
    expect(found.filter((one) => one !== null)).toEqual([userId])
    expect(found.at(-1)).toBe(userId)
  })

  test('purge forgets magic links that expired before the time', async () => {
    const { magicLinks, link, userId } = await open()
    expect(await magicLinks.purge(at(60))).toBe(0)
    expect(await magicLinks.find(link.digest, now)).toBe(userId)
    expect(await magicLinks.purge(at(60.001))).toBe(1)
    expect(await magicLinks.find(link.digest, now)).toBe(null)
  })
}
