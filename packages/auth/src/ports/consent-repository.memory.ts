import type { AuthTables } from './auth-tables.memory.ts'
import type { ConsentRepository } from './consent-repository.ts'

export const memoryConsentRepository = ({ consents }: Pick<AuthTables, 'consents'>): ConsentRepository => ({
  async record(consent) {
    const ledger = consents.get(consent.userId) ?? []
    const isThere = ledger.some(
      ({ policy, version }) => policy === consent.policy && version === consent.version,
    )
    if (isThere) return false
    consents.set(consent.userId, [...ledger, consent])
    return true
  },

  list: async (userId) => (consents.get(userId) ?? []).toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
})

const orderOf = ({ acceptedAt, policy, version }: { acceptedAt: Date; policy: string; version: string }) =>
  `${acceptedAt.toISOString()} ${policy} ${version}`
