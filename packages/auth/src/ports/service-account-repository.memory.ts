import type { EventRecorder, Id } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { AuthTables, ServiceAccountRow } from './auth-tables.memory.ts'
import type { ServiceAccountRepository } from './service-account-repository.ts'

export function memoryServiceAccountRepository(
  { serviceAccounts, revokedAccessTokens }: Pick<AuthTables, 'serviceAccounts' | 'revokedAccessTokens'>,
  recorder: EventRecorder,
): ServiceAccountRepository {
  const live = () => [...serviceAccounts.values()].filter(({ revokedAt }) => revokedAt === null)

  return {
    async insert(account, events) {
      if (live().some(({ tenantId, name }) => tenantId === account.tenantId && name === account.name))
        throw AuthErrors.serviceAccountNameTaken()
      serviceAccounts.set(account.id, { ...account, revokedAt: null })
      await recorder.record(...events)
    },

    async findClient(id) {
      const row = serviceAccounts.get(id)
      return row && row.revokedAt === null ? toRecord(row) : null
    },

    async list(tenantId, { limit, after }) {
      return live()
        .filter((row) => row.tenantId === tenantId && (after === null || row.id < after))
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit + 1)
        .map(toRecord)
    },

    async revoke(tenantId, id, now, events) {
      const row = serviceAccounts.get(id)
      if (!row || row.tenantId !== tenantId || row.revokedAt !== null) return false
      serviceAccounts.set(id, { ...row, revokedAt: now })
      await recorder.record(...events)
      return true
    },

    async revokeAccessToken(_, id, now, events) {
      if (revokedAccessTokens.has(id)) return false
      revokedAccessTokens.set(id, now)
      await recorder.record(...events)
      return true
    },

    async isLive(tenantId, id, token) {
      const account = [...serviceAccounts.values()].find((row) => row.id === id)
      return (
        account?.tenantId === tenantId &&
        account.revokedAt === null &&
        !revokedAccessTokens.has(token as Id<'act'>)
      )
    },

    async listRevokedSince(since) {
      const accounts = [...serviceAccounts.values()].flatMap(({ id, revokedAt }) =>
        revokedAt === null ? [] : [{ id, revokedAt }],
      )
      const tokens = [...revokedAccessTokens].map(([id, revokedAt]) => ({ id, revokedAt }))
      return [...accounts, ...tokens]
        .filter(({ revokedAt }) => revokedAt >= since)
        .toSorted((a, b) => a.revokedAt.getTime() - b.revokedAt.getTime())
    },

    async purge(time) {
      const accounts = [...serviceAccounts.values()].filter(
        ({ revokedAt }) => revokedAt !== null && revokedAt < time,
      )
      const tokens = [...revokedAccessTokens].filter(([, revokedAt]) => revokedAt < time)
      for (const { id } of accounts) serviceAccounts.delete(id)
      for (const [id] of tokens) revokedAccessTokens.delete(id)
      return accounts.length + tokens.length
    },
  }
}

const toRecord = ({ revokedAt: _, ...account }: ServiceAccountRow) => account
