import type { Clock, Principal } from '@corbel/core'

interface Entry {
  readonly principal: Principal
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Principals of access tokens that were verified before, by the whole token. The least recently used go first. */
export class VerifiedTokens {
  readonly #clock: Clock
  readonly #most: number
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock, most = 10_000) {
    this.#clock = clock
    this.#most = most
  }

  get size(): number {
    return this.#entries.size
  }

  find(token: string): Principal | null {
    const entry = this.#entries.get(token)
    if (!entry) return null
    // A map keeps its first insertion order: taken out and put back, the entry is the youngest.
    this.#entries.delete(token)
    if (entry.expiresAt <= this.#clock.now().getTime()) return null
    this.#entries.set(token, entry)
    return entry.principal
  }

  keep(token: string, principal: Principal, expiresAt: Date): void {
    this.#entries.set(token, { principal, expiresAt: expiresAt.getTime() })
    if (this.#entries.size <= this.#most) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      break
    }
  }

  clear(): void {
    this.#entries.clear()
  }
}
