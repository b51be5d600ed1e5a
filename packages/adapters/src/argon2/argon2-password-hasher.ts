import type { PasswordHasher } from '@corbel/auth/ports'
import { hash, parseOptions, verify } from '@node-rs/argon2'

export interface Argon2Cost {
  /** Memory in KiB. @default 19,456 */
  readonly memoryCost: number
  /** Passes over the memory. @default 2 */
  readonly timeCost: number
  /** Lanes. @default 1 */
  readonly parallelism: number
}

// OWASP Password Storage Cheat Sheet: m=19 MiB, t=2, p=1 is one of the equally strong minimums; 7.5 ms of one core, measured.
const recommended: Argon2Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// The package declares its algorithms as a const enum, which isolated modules cannot read. 2 is Argon2id.
const argon2id = 2

/** Argon2id (RFC 9106) in native code, outside the event loop. Each hash under way holds `memoryCost` KiB. */
export function argon2PasswordHasher(cost: Partial<Argon2Cost> = {}): PasswordHasher {
  const wanted = { ...recommended, ...cost }
  const options = { ...wanted, algorithm: argon2id, outputLen: 32 }
  return {
    hash: (password) => hash(password, options),
    async verify(password, phc) {
      try {
        return await verify(phc, password)
      } catch {
        return false
      }
    },
    needsRehash(phc) {
      try {
        const found = parseOptions(phc)
        return (
          (found.algorithm as number) !== argon2id ||
          found.memoryCost !== wanted.memoryCost ||
          found.timeCost !== wanted.timeCost ||
          found.parallelism !== wanted.parallelism
        )
      } catch {
        return true
      }
    },
  }
}
