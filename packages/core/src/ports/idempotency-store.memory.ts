import { type Clock, systemClock } from '../kernel/clock.ts'
import type { IdempotencyStore, StoredResponse } from './idempotency-store.ts'

export interface MemoryIdempotencyStoreOptions {
  /** @default systemClock */
  readonly clock?: Clock
}

interface Claim {
  readonly fingerprint: string
  readonly response: StoredResponse | null
  readonly leaseUntil: number
  readonly expiresAt: number
}

export function memoryIdempotencyStore({
  clock = systemClock,
}: MemoryIdempotencyStoreOptions = {}): IdempotencyStore {
  const claims = new Map<string, Claim>()
  const nameOf = (scope: string, key: string): string => JSON.stringify([scope, key])

  return {
    begin: async ({ scope, key, fingerprint, leaseMs, keepMs }) => {
      const name = nameOf(scope, key)
      const now = clock.now().getTime()
      const claim = claims.get(name)
      if (claim !== undefined && claim.expiresAt > now) {
        if (claim.fingerprint !== fingerprint) return { state: 'mismatch' }
        if (claim.response !== null) return { state: 'done', response: claim.response }
        if (claim.leaseUntil > now) return { state: 'running' }
      }
      claims.set(name, {
        fingerprint,
        response: null,
        leaseUntil: now + leaseMs,
        // A request may not outlive its own record.
        expiresAt: now + Math.max(leaseMs, keepMs),
      })
      return { state: 'started' }
    },
    complete: async (scope, key, response) => {
      const name = nameOf(scope, key)
      const claim = claims.get(name)
      if (claim?.response === null) claims.set(name, { ...claim, response: structuredClone(response) })
    },
    release: async (scope, key) => {
      const name = nameOf(scope, key)
      if (claims.get(name)?.response === null) claims.delete(name)
    },
    purge: async () => {
      const now = clock.now().getTime()
      const expired = [...claims].filter(([, { expiresAt }]) => expiresAt <= now)
      for (const [name] of expired) claims.delete(name)
      return expired.length
    },
  }
}
