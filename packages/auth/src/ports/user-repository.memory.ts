import { membershipKey, type TenantTables } from '@corbel/core/tenant/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { AuthTables } from './auth-tables.memory.ts'
import type { UserRepository } from './user-repository.ts'

export const memoryUserRepository = ({
  users,
  memberships,
}: Pick<AuthTables, 'users'> & Pick<TenantTables, 'memberships'>): UserRepository => {
  const byEmail = (email: string) => [...users.values()].find(({ user }) => user.email === email)

  return {
    async insert(account) {
      if (byEmail(account.user.email)) throw AuthErrors.emailTaken()
      users.set(account.user.id, structuredClone(account))
    },

    async findForSignIn(email) {
      const account = byEmail(email)
      if (!account) return null
      const { user, operator, credential } = account
      const joined = [...memberships.values()]
        .filter(({ userId }) => userId === user.id)
        .toSorted((a, b) => (a.createdAt + a.tenantId < b.createdAt + b.tenantId ? -1 : 1))
        .map(({ tenantId, role }) => ({ tenantId, role }))
      return { user, operator, credential, memberships: joined }
    },

    find: async (id) => users.get(id)?.user ?? null,

    async findMember(tenantId, id) {
      const account = users.get(id)
      const membership = memberships.get(membershipKey(tenantId, id))
      return account && membership ? { user: account.user, role: membership.role } : null
    },

    async replaceCredential(id, credential, expected) {
      const account = users.get(id)
      if (account?.credential.passwordHash !== expected.passwordHash) return false
      if (account.credential.pepperId !== expected.pepperId) return false
      users.set(id, { ...account, credential })
      return true
    },

    hasOperator: async () => [...users.values()].some(({ operator }) => operator),
  }
}
