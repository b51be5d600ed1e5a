import type { Clock, IdempotencyStore, StoredResponse } from '@corbel/core/ports'

export interface Claim {
  readonly fingerprint: string
  readonly response: StoredResponse | null
  /** Milliseconds since the epoch, like `expiresAt`. */
  readonly leaseUntil: number
  readonly expiresAt: number
}

/** A port written from its law alone: `idempotencyStoreConformance` says whether it keeps it. */
export function journalIdempotencyStore(claims: Map<string, Claim>, clock: Clock): IdempotencyStore {
  const nameOf = (scope: string, key: string): string => JSON.stringify([scope, key])
  const now = (): number => clock.now().getTime()
  return {
    async begin({ scope, key, fingerprint, leaseMs, keepMs }) {
      const name = nameOf(scope, key)
      const claim = claims.get(name)
      if (claim && claim.expiresAt > now()) {
        if (claim.fingerprint !== fingerprint) return { state: 'mismatch' }
        if (claim.response) return { state: 'done', response: claim.response }
        if (claim.leaseUntil > now()) return { state: 'running' }
      }
      const leaseUntil = now() + leaseMs
      claims.set(name, {
        fingerprint,
        response: null,
        leaseUntil,
        expiresAt: Math.max(leaseUntil, now() + keepMs),
      })
      return { state: 'started' }
    },
    async complete(scope, key, response) {
      const claim = claims.get(nameOf(scope, key))
      if (claim && !claim.response)
        claims.set(nameOf(scope, key), { ...claim, response: structuredClone(response) })
    },
    async release(scope, key) {
      const claim = claims.get(nameOf(scope, key))
      if (claim && !claim.response) claims.delete(nameOf(scope, key))
    },
    async purge() {
      const expired = [...claims].filter(([, { expiresAt }]) => expiresAt <= now())
      for (const [name] of expired) claims.delete(name)
      return expired.length
    },
  }
}
