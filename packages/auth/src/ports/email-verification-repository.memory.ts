import type { EventRecorder } from '@corbel/core/ports'
import type { AuthTables } from './auth-tables.memory.ts'
import type { EmailVerificationRepository } from './email-verification-repository.ts'

export const memoryEmailVerificationRepository = (
  { users, emailVerifications }: Pick<AuthTables, 'users' | 'emailVerifications'>,
  recorder: EventRecorder,
): EmailVerificationRepository => ({
  async replace(verification) {
    const present = emailVerifications.get(verification.userId)
    if (present && present.id >= verification.id) return
    emailVerifications.set(verification.userId, { ...verification, redeemed: false })
  },

  async find(digest, now) {
    const row = [...emailVerifications.values()].find((found) => found.digest === digest)
    if (!row || row.redeemed || row.expiresAt <= now) return null
    return users.get(row.userId)?.user.email === row.email ? row.userId : null
  },

  async redeem(digest, now, event) {
    const found = [...emailVerifications.values()].find((row) => row.digest === digest)
    if (!found || found.redeemed || found.expiresAt <= now) return null
    const account = users.get(found.userId)
    if (account?.user.email !== found.email) return null
    emailVerifications.set(found.userId, { ...found, redeemed: true })
    users.set(found.userId, { ...account, user: { ...account.user, emailVerified: true } })
    await recorder.record(event(found.userId))
    return found.userId
  },

  async purge(time) {
    const expired = [...emailVerifications].filter(([, { expiresAt }]) => expiresAt < time)
    for (const [userId] of expired) emailVerifications.delete(userId)
    return expired.length
  },
})
