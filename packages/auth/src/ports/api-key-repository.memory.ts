import type { EventRecorder } from '@corbel/core/ports'
import type { TenantTables } from '@corbel/core/tenant/ports'
import type { ApiKeyQuery, ApiKeyRecord, ApiKeyRepository } from './api-key-repository.ts'
import type { AuthTables } from './auth-tables.memory.ts'

export function memoryApiKeyRepository(
  {
    users,
    apiKeys,
    tenants,
    memberships,
  }: Pick<AuthTables, 'users' | 'apiKeys'> & Pick<TenantTables, 'tenants' | 'memberships'>,
  recorder: EventRecorder,
): ApiKeyRepository {
  const grantOf = ({ tenantId, userId }: ApiKeyRecord) =>
    [...memberships.values()]
      .filter((row) => row.tenantId === tenantId && row.userId === userId)
      .map(({ role, customRole }) => ({ role, scopes: customRole?.scopes ?? null }))[0] ?? null

  return {
    async insert(key, digest, events) {
      if (!tenants.has(key.tenantId)) return false
      apiKeys.set(key.id, { ...key, digest })
      await recorder.record(...events)
      return true
    },

    async findUsable(id, digest, now) {
      const key = apiKeys.get(id)
      if (!key || key.digest !== digest || key.revokedAt || key.expiresAt <= now) return null
      const grant = grantOf(key)
      if (key.userId !== null && (grant === null || users.get(key.userId)?.disabled)) return null
      const { tenantId, scopes, lastUsedAt } = key
      return { tenantId, scopes, lastUsedAt, grant }
    },

    async list(tenantId, query, now, { limit, after }) {
      return [...apiKeys.values()]
        .filter((key) => key.tenantId === tenantId && matches(key, query) && hasStatus(key, query, now))
        .filter(({ id }) => after === null || id < after)
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit + 1)
        .map(({ digest: _, ...key }) => key)
    },

    async revoke(tenantId, id, which, now, events) {
      const key = apiKeys.get(id)
      if (!key || key.tenantId !== tenantId || key.revokedAt || !matches(key, which)) return false
      apiKeys.set(id, { ...key, revokedAt: now })
      await recorder.record(...events)
      return true
    },

    async touch(tenantId, id, now) {
      const key = apiKeys.get(id)
      if (!key || key.tenantId !== tenantId || (key.lastUsedAt && key.lastUsedAt >= now)) return
      apiKeys.set(id, { ...key, lastUsedAt: now })
    },

    async purge(time) {
      const ended = [...apiKeys.values()].filter(
        ({ revokedAt, expiresAt }) => expiresAt < time || (revokedAt !== null && revokedAt < time),
      )
      for (const { id } of ended) apiKeys.delete(id)
      return ended.length
    },
  }
}

const matches = (
  key: ApiKeyRecord,
  { of, userId, account, fingerprint }: Omit<ApiKeyQuery, 'status'>,
): boolean =>
  (of === 'people') === (key.userId !== null) &&
  (userId === undefined || key.userId === userId) &&
  (account === undefined || (key.account?.includes(account) ?? false)) &&
  (fingerprint === undefined || key.fingerprint === fingerprint)

const hasStatus = ({ revokedAt, expiresAt }: ApiKeyRecord, { status }: ApiKeyQuery, now: Date): boolean =>
  status === 'all' || (status === 'revoked' ? revokedAt !== null : revokedAt === null && expiresAt > now)
