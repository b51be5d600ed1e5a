import { authRepositoriesConformance, type AuthRepositories, type AuthStorage } from '@corbel/auth/ports'
import type { Id } from '@corbel/core/ports'
import { type TenantRepositories, tenantRepositoriesConformance } from '@corbel/core/tenant/ports'
import { expect, test } from 'vitest'
import { collectFailures } from '../../../test/collect-failures.ts'
import { memoryStorage } from './memory/memory-storage.ts'

interface Faults {
  readonly auth?: (auth: AuthRepositories) => {
    readonly [K in keyof AuthRepositories]?: Partial<AuthRepositories[K]>
  }
  readonly tenant?: (tenant: TenantRepositories) => {
    readonly [K in keyof TenantRepositories]?: Partial<TenantRepositories[K]>
  }
  readonly transaction?: (storage: AuthStorage) => AuthStorage['transaction']
}

const merged = <T extends object>(repositories: T, faults: { readonly [K in keyof T]?: object } = {}): T =>
  Object.fromEntries(
    Object.entries(repositories).map(([name, repository]) => [
      name,
      { ...repository, ...faults[name as keyof T] },
    ]),
  ) as T

/** The reference storage with some verbs replaced by wrong ones. */
function broken({ auth, tenant, transaction }: Faults): AuthStorage {
  const storage = memoryStorage()
  const { repositories } = storage
  return {
    ...storage,
    ...(transaction && { transaction: transaction(storage) }),
    repositories: {
      auth: merged(repositories.auth, auth?.(repositories.auth)),
      tenant: merged(repositories.tenant, tenant?.(repositories.tenant)),
    },
  }
}

const never = new Date(0)

const faults: Record<string, Faults> = {
  'two callers both believe that they have the e-mail': {
    auth: ({ users }) => ({ users: { insert: (user) => users.insert(user).catch(() => {}) } }),
  },
  'a member of one tenant is a member of all': {
    auth: ({ users }) => ({
      users: {
        findMember: async (_, id) => {
          const user = await users.find(id)
          return user && { user, role: 'owner' }
        },
      },
    }),
  },
  'a credential is replaced whatever it is': {
    auth: () => ({ users: { replaceCredential: async () => true } }),
  },
  'a session outlives its revocation': {
    auth: () => ({ sessions: { revoke: async () => true } }),
  },
  'every revocation says that it won': {
    auth: ({ sessions }) => ({
      sessions: { revoke: async (...args) => (await sessions.revoke(...args)) || true },
    }),
  },
  'a revocation records nothing': {
    auth: ({ sessions }) => ({
      sessions: {
        revoke: (tenantId, userId, id, now, reason) => sessions.revoke(tenantId, userId, id, now, reason, []),
      },
    }),
  },
  'a foreign user may revoke': {
    auth: ({ sessions }) => ({
      sessions: {
        revoke: async (tenantId, userId, id, now, reason, events) => {
          await sessions.revokeAll(userId, now, reason, events)
          return sessions.revoke(tenantId, userId, id, now, reason, events)
        },
      },
    }),
  },
  'there is no grace': {
    auth: ({ sessions }) => ({
      sessions: { rotate: (rotation) => sessions.rotate({ ...rotation, graceSince: rotation.now }) },
    }),
  },
  'reuse is never noticed': {
    auth: ({ sessions }) => ({
      sessions: { rotate: (rotation) => sessions.rotate({ ...rotation, graceSince: never }) },
    }),
  },
  'every rotation says that it was the first': {
    auth: ({ sessions }) => ({
      sessions: {
        rotate: async (rotation) => {
          const outcome = await sessions.rotate(rotation)
          return outcome.outcome === 'rotated' ? { ...outcome, rotatedNow: true } : outcome
        },
      },
    }),
  },
  'an expired token rotates': {
    auth: ({ sessions }) => ({
      sessions: { rotate: (rotation) => sessions.rotate({ ...rotation, now: never }) },
    }),
  },
  'sessions of a user are listed in every tenant': {
    auth: ({ sessions }) => {
      const opened = new Set<Id<'ten'>>()
      return {
        sessions: {
          open: (session, ...rest) => {
            opened.add(session.tenantId)
            return sessions.open(session, ...rest)
          },
          listLive: async (_, userId, now, page) => {
            const lists = [...opened].map((tenantId) => sessions.listLive(tenantId, userId, now, page))
            return (await Promise.all(lists)).flat()
          },
        },
      }
    },
  },
  'a page has no row more': {
    auth: ({ sessions }) => ({
      sessions: {
        listLive: async (tenantId, userId, now, page) =>
          (await sessions.listLive(tenantId, userId, now, page)).slice(0, page.limit),
      },
    }),
  },
  'purge forgets everything': {
    auth: ({ sessions }) => ({ sessions: { purge: () => sessions.purge(new Date(8e15)) } }),
  },
  'a verification works for ever': {
    auth: ({ emailVerifications }) => ({
      emailVerifications: {
        redeem: (digest, _, event) => emailVerifications.redeem(digest, never, event),
      },
    }),
  },
  'a used verification is revived': {
    auth: ({ emailVerifications }) => ({
      emailVerifications: {
        replace: async (verification) => {
          await emailVerifications.replace({ ...verification, id: 'emv_other', digest: 'other' })
          await emailVerifications.replace(verification)
        },
      },
    }),
  },
  'members come in descending order': {
    tenant: ({ memberships }) => ({
      memberships: {
        listOfTenant: async (tenantId, page) =>
          [...(await memberships.listOfTenant(tenantId, page))].toReversed(),
      },
    }),
  },
  'an API key is known by its id alone': {
    auth: ({ apiKeys }) => ({
      apiKeys: {
        insert: (key, _, events) => apiKeys.insert(key, 'digest', events),
        findUsable: (id, _, now) => apiKeys.findUsable(id, 'digest', now),
      },
    }),
  },
  'an API key outlives its end': {
    auth: ({ apiKeys }) => ({
      apiKeys: { findUsable: (id, digest) => apiKeys.findUsable(id, digest, never) },
    }),
  },
  'every revocation of an API key says that it won': {
    auth: ({ apiKeys }) => ({
      apiKeys: { revoke: async (...args) => (await apiKeys.revoke(...args)) || true },
    }),
  },
  'a member ends the API keys of others': {
    auth: ({ apiKeys }) => ({
      apiKeys: {
        revoke: (tenantId, id, { of }, now, events) => apiKeys.revoke(tenantId, id, { of }, now, events),
      },
    }),
  },
  'a service account cannot be ended': {
    auth: () => ({ serviceAccounts: { revoke: async () => true } }),
  },
  'replicas are not told of access tokens that were ended': {
    auth: ({ serviceAccounts }) => ({
      serviceAccounts: {
        listRevokedSince: async (since) =>
          (await serviceAccounts.listRevokedSince(since)).filter(({ id }) => id.startsWith('svc_')),
      },
    }),
  },
  'a number can be used twice': {
    auth: ({ nonces }) => ({
      nonces: { claim: async (...args) => (await nonces.claim(...args)) || true },
    }),
  },
  'settings are compared first and written later': {
    tenant: ({ settings }) => ({
      settings: {
        replace: async (tenantId, values, expected) => {
          if ((await settings.find(tenantId))?.version !== expected) return null
          for (;;) {
            const present = await settings.find(tenantId)
            const replaced = await settings.replace(tenantId, values, present?.version ?? 0)
            if (replaced) return replaced
          }
        },
      },
    }),
  },
  'text is trimmed': {
    tenant: ({ tenants }) => ({
      tenants: { insert: (tenant) => tenants.insert({ ...tenant, name: tenant.name.trim() }) },
    }),
  },
  'a transaction commits what it has when it fails': {
    transaction:
      ({ transaction }) =>
      async (work) => {
        let failure: Error | undefined
        const result = await transaction(async (tx) => {
          try {
            return await work(tx)
          } catch (error) {
            failure = error as Error
            return null
          }
        })
        if (failure) throw failure
        return result as never
      },
  },
}

test.each(Object.entries(faults))('the suites notice when %s', async (_, fault) => {
  const fresh = async () => broken(fault)
  const failures = await collectFailures((suite) => {
    tenantRepositoriesConformance(suite, fresh)
    authRepositoriesConformance(suite, fresh)
  })
  expect(failures).not.toEqual([])
})

test('the suites find nothing in the reference', async () => {
  const fresh = async () => broken({})
  const failures = await collectFailures((suite) => {
    tenantRepositoriesConformance(suite, fresh)
    authRepositoriesConformance(suite, fresh)
  })
  expect(failures).toEqual([])
})
