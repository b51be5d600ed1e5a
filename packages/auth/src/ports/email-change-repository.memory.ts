import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { AuthTables, EmailChangeRow } from './auth-tables.memory.ts'
import type { EmailChange, EmailChangeRepository } from './email-change-repository.ts'

export const memoryEmailChangeRepository = (
  { users, emailChanges }: Pick<AuthTables, 'users' | 'emailChanges'>,
  recorder: EventRecorder,
): EmailChangeRepository => ({
  async replace(change) {
    emailChanges.set(change.userId, { ...change, redeemed: false })
  },

  async find(id) {
    const row = [...emailChanges.values()].find((change) => change.id === id)
    return row ? shown(row) : null
  },

  async redeem(digest, now, event) {
    const row = [...emailChanges.values()].find((change) => change.digest === digest)
    const account = row && users.get(row.userId)
    if (!row || row.redeemed || row.expiresAt <= now) return null
    if (account?.user.email !== row.previousEmail || account.disabled) return null
    if ([...users.values()].some(({ user }) => user.email === row.email)) throw AuthErrors.emailTaken()
    emailChanges.set(row.userId, { ...row, redeemed: true })
    users.set(row.userId, {
      ...account,
      registrant: null,
      user: { ...account.user, email: row.email, emailVerified: true },
    })
    await recorder.record(event(shown(row)))
    return shown(row)
  },

  async purge(time) {
    const expired = [...emailChanges].filter(([, { expiresAt }]) => expiresAt < time)
    for (const [userId] of expired) emailChanges.delete(userId)
    return expired.length
  },
})

const shown = ({ redeemed: _, ...change }: EmailChangeRow): EmailChange => change
