import type { EventRecorder } from '@corbel/core/ports'
import type { AuthTables } from './auth-tables.memory.ts'
import type { MagicLinkRepository } from './magic-link-repository.ts'

export const memoryMagicLinkRepository = (
  { users, magicLinks }: Pick<AuthTables, 'users' | 'magicLinks'>,
  recorder: EventRecorder,
): MagicLinkRepository => ({
  async replace(link) {
    const present = magicLinks.get(link.userId)
    if (present && present.id >= link.id) return
    magicLinks.set(link.userId, { ...link, redeemed: false })
  },

  async find(digest, now) {
    const row = [...magicLinks.values()].find((link) => link.digest === digest)
    return row && !row.redeemed && row.expiresAt > now ? row.userId : null
  },

  async redeem({ userId, digest, codeChallenge }, now, events) {
    const row = magicLinks.get(userId)
    const user = users.get(userId)?.user
    if (!row || row.redeemed || row.expiresAt <= now) return false
    if (row.digest !== digest && row.codeDigest !== digest) return false
    if (row.codeChallenge !== null && row.codeChallenge !== codeChallenge) return false
    if (!user?.emailVerified || user.email !== row.email) return false
    magicLinks.set(userId, { ...row, redeemed: true })
    await recorder.record(...events)
    return true
  },

  async purge(time) {
    const expired = [...magicLinks].filter(([, { expiresAt }]) => expiresAt < time)
    for (const [userId] of expired) magicLinks.delete(userId)
    return expired.length
  },
})
