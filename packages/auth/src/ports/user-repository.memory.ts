import { membershipKey, type TenantTables } from '@corbel/core/tenant/ports'
import { AuthErrors } from '../auth-errors.ts'
import { attemptState } from './attempt-repository.memory.ts'
import { FactorKind } from '../factors/factor-kind.ts'
import { defaultMfaPolicy } from '../factors/mfa-policy.ts'
import type { AuthTables, UserRow } from './auth-tables.memory.ts'
import type { SignInCandidate, UserRepository } from './user-repository.ts'

export const memoryUserRepository = (
  tables: AuthTables & Pick<TenantTables, 'memberships'>,
): UserRepository => {
  const { users, memberships, factors, recoveryCodes, mfaPolicies } = tables
  const byEmail = (email: string) => [...users.values()].find(({ user }) => user.email === email)

  const candidateOf = ({
    user,
    operator,
    credential,
    registrant = null,
    disabled,
  }: UserRow): SignInCandidate => {
    const confirmed = [...factors.values()].filter(
      (row) => row.userId === user.id && row.confirmedAt !== null,
    )
    return {
      user,
      operator,
      credential,
      registrant,
      isDisabled: disabled !== undefined,
      memberships: [...memberships.values()]
        .filter(({ userId }) => userId === user.id)
        .toSorted((a, b) => (a.createdAt + a.tenantId < b.createdAt + b.tenantId ? -1 : 1))
        .map(({ tenantId, role, customRole }) => ({
          tenantId,
          role,
          scopes: customRole?.scopes ?? null,
          mfa: mfaPolicies.get(tenantId) ?? defaultMfaPolicy,
        })),
      factors: FactorKind.options.filter((kind) => confirmed.some((row) => row.kind === kind)),
      hasRecoveryCodes: (recoveryCodes.get(user.id)?.size ?? 0) > 0,
    }
  }

  return {
    async insert(account) {
      if (byEmail(account.user.email)) throw AuthErrors.emailTaken()
      users.set(account.user.id, structuredClone(account))
    },

    async findForSignIn(email) {
      const account = byEmail(email)
      return account ? candidateOf(account) : null
    },

    async findForSignInById(id) {
      const account = users.get(id)
      return account ? candidateOf(account) : null
    },

    async findForAttempt(email, query) {
      const account = byEmail(email)
      return {
        candidate: account ? candidateOf(account) : null,
        attempts: attemptState(tables, account?.user.id ?? null, query),
      }
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

    async findPasswords(id) {
      const account = users.get(id)
      return account
        ? { credential: account.credential, previous: tables.previousCredentials.get(id) ?? [] }
        : null
    },

    async changePassword(id, credential, expected, keep) {
      const account = users.get(id)
      if (!account) return false
      const present = account.credential
      if (expected && present.passwordHash !== expected.passwordHash) return false
      if (expected && present.pepperId !== expected.pepperId) return false
      const previous = tables.previousCredentials.get(id) ?? []
      tables.previousCredentials.set(id, [present, ...previous].slice(0, keep))
      users.set(id, { ...account, credential })
      return true
    },

    hasOperator: async () => [...users.values()].some(({ operator }) => operator),
  }
}
