import { type Clock, systemClock } from '../kernel/clock.ts'
import type { Cache } from './cache.ts'

export interface MemoryCacheOptions {
  /** @default systemClock */
  readonly clock?: Clock
  /** Most entries kept; beyond it the ones written longest ago go first. @default 10000 */
  readonly maxEntries?: number
}

interface Entry {
  readonly value: string
  readonly expiresAt: number
}

/** A cache within the process: each process has its own. */
export function memoryCache({ clock = systemClock, maxEntries = 10_000 }: MemoryCacheOptions = {}): Cache {
  const entries = new Map<string, Entry>()

  function find(key: string): string | null {
    const entry = entries.get(key)
    if (entry === undefined) return null
    if (entry.expiresAt > clock.now().getTime()) return entry.value
    entries.delete(key)
    return null
  }

  function put(key: string, value: string, ttlMs: number): void {
    // A map keeps its first insertion order, so a rewritten key has to leave its old place.
    entries.delete(key)
    entries.set(key, { value, expiresAt: clock.now().getTime() + ttlMs })
    if (entries.size <= maxEntries) return
    for (const oldest of entries.keys()) {
      entries.delete(oldest)
      break
    }
  }

  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'REDIS_URL', fix: 'Set REDIS_URL, so that every process sees the same cache.' },
    },
    get: async (key) => find(key),
    set: async (key, value, ttlMs) => put(key, value, ttlMs),
    add: async (key, value, ttlMs) => {
      if (find(key) !== null) return false
      put(key, value, ttlMs)
      return true
    },
    delete: async (key) => {
      entries.delete(key)
    },
    check: async () => {},
  }
}
