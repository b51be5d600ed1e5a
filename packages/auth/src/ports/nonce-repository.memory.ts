import type { AuthTables } from './auth-tables.memory.ts'
import type { NonceRepository } from './nonce-repository.ts'

export const memoryNonceRepository = ({ nonces }: Pick<AuthTables, 'nonces'>): NonceRepository => ({
  async claim(digest, expiresAt) {
    if (nonces.has(digest)) return false
    nonces.set(digest, expiresAt)
    return true
  },

  async purge(time) {
    const expired = [...nonces].filter(([, expiresAt]) => expiresAt < time)
    for (const [digest] of expired) nonces.delete(digest)
    return expired.length
  },
})
