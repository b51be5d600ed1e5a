import type { AuthTables, ChallengeRow } from './auth-tables.memory.ts'
import type { OpenChallenge, SignInChallengeRepository } from './sign-in-challenge-repository.ts'

export function memorySignInChallengeRepository({
  signInChallenges,
}: Pick<AuthTables, 'signInChallenges'>): SignInChallengeRepository {
  const live = (digest: string, now: Date): ChallengeRow | null => {
    const row = signInChallenges.get(digest)
    return row && !row.redeemed && row.expiresAt > now ? row : null
  }
  const liveOf = (digest: string, client: string, now: Date): ChallengeRow | null => {
    const row = live(digest, now)
    return row?.client === client ? row : null
  }

  return {
    async insert(challenge) {
      if (signInChallenges.has(challenge.digest)) throw new Error('A challenge like this exists.')
      signInChallenges.set(challenge.digest, { ...structuredClone(challenge), attempts: 0, redeemed: false })
    },

    async find(digest, client, now) {
      const row = liveOf(digest, client, now)
      return row && shown(row)
    },

    async attempt(digest, client, now, limit) {
      const row = liveOf(digest, client, now)
      if (!row || row.attempts >= limit) return null
      signInChallenges.set(digest, { ...row, attempts: row.attempts + 1 })
      return shown(row)
    },

    async redeem({ tenantId, digest }, now) {
      const row = live(digest, now)
      if (row?.tenantId !== tenantId) return false
      signInChallenges.set(digest, { ...row, redeemed: true })
      return true
    },

    async purge(time) {
      const expired = [...signInChallenges.values()].filter(({ expiresAt }) => expiresAt < time)
      for (const { digest } of expired) signInChallenges.delete(digest)
      return expired.length
    },
  }
}

const shown = ({ attempts: _, redeemed: __, ...challenge }: ChallengeRow): OpenChallenge =>
  structuredClone(challenge)
