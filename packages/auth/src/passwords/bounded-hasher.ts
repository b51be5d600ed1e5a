import { AuthErrors } from '../auth-errors.ts'
import type { PasswordHasher } from '../ports/password-hasher.ts'

export interface HashingBounds {
  /** Hashes at a time. Each holds the memory that its parameters ask for. */
  readonly concurrency: number
  /** Hashes that may wait for their turn. */
  readonly queue: number
}

// Of the four threads that libuv has for all of a process, one stays for files, names and whatever else is asked of them.
const mostThreads = 3

/** Leaves a core to the event loop, so that those who are signed in do not wait for those who sign in. */
export const defaultConcurrency = (cores: number): number => Math.min(Math.max(1, cores - 1), mostThreads)

/**
 * Hashes only so many passwords at a time, in the order in which they came, so that a flood of sign-ins takes neither the memory
 * nor every core.
 *
 * @throws `auth/hashing-busy` when too many wait already: at once, with a time to come back.
 */
export function boundedHasher(hasher: PasswordHasher, { concurrency, queue }: HashingBounds): PasswordHasher {
  let running = 0
  const waiting: (() => void)[] = []

  async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running < concurrency) running++
    else if (waiting.length >= queue) throw AuthErrors.hashingBusy({ retryAfter: 1 })
    // Whoever is let in takes the place of the one that ends: the count stays.
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password) => run(() => hasher.hash(password)),
    verify: (password, phc) => run(() => hasher.verify(password, phc)),
    needsRehash: (phc) => hasher.needsRehash(phc),
  }
}
