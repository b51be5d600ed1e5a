import type { AuthTables } from './auth-tables.memory.ts'
import type { PasswordResetRepository } from './password-reset-repository.ts'

export const memoryPasswordResetRepository = ({
  users,
  passwordResets,
}: Pick<AuthTables, 'users' | 'passwordResets'>): PasswordResetRepository => {
  const open = (digest: string, now: Date) =>
    [...passwordResets.values()].find(
      (row) =>
        row.digest === digest &&
        !row.redeemed &&
        row.expiresAt > now &&
        users.get(row.userId)?.user.email === row.email,
    )

  return {
    async replace(reset) {
      const present = passwordResets.get(reset.userId)
      if (present && present.id >= reset.id) return
      passwordResets.set(reset.userId, { ...reset, redeemed: false })
    },

    find: async (digest, now) => open(digest, now)?.userId ?? null,

    async redeem(digest, now) {
      const row = open(digest, now)
      if (!row) return null
      passwordResets.set(row.userId, { ...row, redeemed: true })
      return row.userId
    },

    async purge(time) {
      const expired = [...passwordResets].filter(([, { expiresAt }]) => expiresAt < time)
      for (const [userId] of expired) passwordResets.delete(userId)
      return expired.length
    },
  }
}
