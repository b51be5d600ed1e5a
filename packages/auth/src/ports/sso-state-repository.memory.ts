import type { AuthTables } from './auth-tables.memory.ts'
import type { SsoStateRepository } from './sso-state-repository.ts'

export const memorySsoStateRepository = ({
  ssoStates,
}: Pick<AuthTables, 'ssoStates'>): SsoStateRepository => ({
  async insert(state) {
    if (ssoStates.has(state.digest)) throw new Error('A state like this exists.')
    ssoStates.set(state.digest, structuredClone(state))
  },

  async redeem({ digest, browser, connectionId, userId }, now) {
    const row = ssoStates.get(digest)
    if (!row || row.browser !== browser || row.expiresAt <= now) return null
    if (row.connectionId !== connectionId || row.userId !== userId) return null
    ssoStates.delete(digest)
    return structuredClone(row)
  },

  async purge(time) {
    const expired = [...ssoStates.values()].filter(({ expiresAt }) => expiresAt < time)
    for (const { digest } of expired) ssoStates.delete(digest)
    return expired.length
  },
})
