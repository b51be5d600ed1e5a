import type { TenantTables } from '@corbel/core/tenant/ports'
import { emptyProfile } from '../users/profile.ts'
import type { UserId } from '../users/user.ts'
import {
  type Account,
  type AccountFilter,
  type AccountRepository,
  erasedEmail,
} from './account-repository.ts'
import type { AuthTables, UserRow } from './auth-tables.memory.ts'

type Tables = AuthTables & Pick<TenantTables, 'memberships'>

// Nothing is awaited between a decision and the change that follows from it: that is what makes each verb atomic here.
export function memoryAccountRepository(tables: Tables): AccountRepository {
  const { users, memberships } = tables

  const accountOf = (row: UserRow): Account => ({
    user: row.user,
    profile: { ...(row.profile ?? emptyProfile), displayName: row.user.displayName },
    operator: row.operator,
    disabledAt: row.disabled?.at ?? null,
    disabledBy: row.disabled?.by ?? null,
    failedAttempts: tables.consecutiveFailures.get(row.user.id) ?? 0,
  })

  const fits = ({ user, operator, disabled }: UserRow, filter: AccountFilter): boolean => {
    const { text, status, emailVerified, tenantId, createdFrom, createdTo } = filter
    const wanted = text?.toLowerCase()
    const createdAt = new Date(user.createdAt)
    return (
      (wanted === undefined ||
        user.email.includes(wanted) ||
        (user.displayName?.toLowerCase().includes(wanted) ?? false)) &&
      (status === undefined || (status === 'disabled') === (disabled !== undefined)) &&
      (emailVerified === undefined || user.emailVerified === emailVerified) &&
      (filter.operator === undefined || operator === filter.operator) &&
      (tenantId === undefined ||
        [...memberships.values()].some((row) => row.userId === user.id && row.tenantId === tenantId)) &&
      (createdFrom === undefined || createdAt >= createdFrom) &&
      (createdTo === undefined || createdAt < createdTo)
    )
  }

  return {
    async find(id) {
      const row = users.get(id)
      return row ? accountOf(row) : null
    },

    list: async (filter, { limit, after }) =>
      [...users.values()]
        .filter((row) => fits(row, filter) && (after === null || row.user.id < after))
        .toSorted((a, b) => (a.user.id > b.user.id ? -1 : 1))
        .slice(0, limit + 1)
        .map(accountOf),

    async updateProfile(id, change) {
      const row = users.get(id)
      if (!row) return null
      const profile = { ...accountOf(row).profile, ...change }
      const updated = { ...row, profile, user: { ...row.user, displayName: profile.displayName } }
      users.set(id, updated)
      return accountOf(updated)
    },

    async disable(id, at, by) {
      const row = users.get(id)
      if (!row || row.disabled) return false
      users.set(id, { ...row, disabled: { at, by } })
      return true
    },

    async enable(id) {
      const row = users.get(id)
      if (!row?.disabled || row.disabled.by === 'erasure') return false
      const { disabled: _, ...enabled } = row
      users.set(id, enabled)
      return true
    },

    async proveEmail(id) {
      const row = users.get(id)
      if (row) users.set(id, { ...row, registrant: null, user: { ...row.user, emailVerified: true } })
    },

    async disown(id, registrant, credential, now) {
      const row = users.get(id)
      if (!row || row.registrant !== registrant) return false
      users.set(id, { ...row, registrant: null, credential })
      tables.previousCredentials.delete(id)
      forgetFactors(tables, id)
      for (const key of tables.apiKeys.values())
        if (key.userId === id && key.revokedAt === null)
          tables.apiKeys.set(key.id, { ...key, revokedAt: now })
      return true
    },

    async erase(id, now) {
      const row = users.get(id)
      if (!row || row.disabled?.by === 'erasure') return false
      const user = { ...row.user, email: erasedEmail(id), displayName: null, emailVerified: false }
      const credential = { passwordHash: '', pepperId: '' }
      const { profile: _, ...kept } = row
      users.set(id, {
        ...kept,
        user,
        credential,
        registrant: null,
        operator: false,
        disabled: { at: now, by: 'erasure' },
      })
      forgetFactors(tables, id)
      tables.previousCredentials.delete(id)
      tables.emailVerifications.delete(id)
      tables.emailChanges.delete(id)
      tables.passwordResets.delete(id)
      tables.consents.delete(id)
      for (const rows of [tables.signUpRequests, tables.signUpInvites] as const)
        for (const [key, { email }] of rows)
          if (email === row.user.email) (rows as Map<string, unknown>).delete(key)
      tables.magicLinks.delete(id)
      tables.notificationPreferences.delete(id)
      for (const identity of tables.identities.values())
        if (identity.userId === id) tables.identities.delete(identity.id)
      for (const state of tables.ssoStates.values())
        if (state.userId === id) tables.ssoStates.delete(state.digest)
      for (const key of tables.apiKeys.values()) if (key.userId === id) tables.apiKeys.delete(key.id)
      for (const [digest, { userId }] of tables.signInChallenges)
        if (userId === id) tables.signInChallenges.delete(digest)
      for (const session of tables.sessions.values())
        if (session.userId === id)
          tables.sessions.set(session.id, { ...session, userAgent: null, ipPrefix: null, place: null })
      return true
    },
  }
}

function forgetFactors({ factors, passkeys, recoveryCodes }: Tables, id: UserId): void {
  for (const factor of factors.values()) {
    if (factor.userId !== id) continue
    factors.delete(factor.id)
    passkeys.delete(factor.id)
  }
  recoveryCodes.delete(id)
}
