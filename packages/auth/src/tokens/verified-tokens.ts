import type { Clock, Principal } from '@corbel/core'

interface Entry {
  readonly principal: Principal
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/**
 * Principals of access tokens that were verified before, by the whole token. There are two generations: what is used is in the
 * young one or moves there; when that is full it becomes the old one, and what the old one still held is forgotten. A hit changes
 * nothing: reordering one map at each hit cost 26 µs with 9,000 entries in it.
 */
export class VerifiedTokens {
  readonly #clock: Clock
  readonly #mostYoung: number
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()

  constructor(clock: Clock, most = 10_000) {
    this.#clock = clock
    this.#mostYoung = Math.ceil(most / 2)
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  find(token: string): Principal | null {
    const young = this.#young.get(token)
    const entry = young ?? this.#old.get(token)
    if (!entry) return null
    if (entry.expiresAt <= this.#clock.now().getTime()) {
      this.#young.delete(token)
      this.#old.delete(token)
      return null
    }
    if (!young) {
      this.#old.delete(token)
      this.#keep(token, entry)
    }
    return entry.principal
  }

  keep(token: string, principal: Principal, expiresAt: Date): void {
    this.#keep(token, { principal, expiresAt: expiresAt.getTime() })
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }

  #keep(token: string, entry: Entry): void {
    this.#young.set(token, entry)
    if (this.#young.size < this.#mostYoung) return
    this.#old = this.#young
    this.#young = new Map()
  }
}
