import { type KeyObject, verify } from 'node:crypto'

export interface SignedBytes {
  readonly data: Uint8Array
  readonly signature: Uint8Array
}

/** The limit: the signature alone, which nobody can verify a token without. */
export function verifyAll(key: KeyObject, parts: readonly SignedBytes[]): void {
  for (const { data, signature } of parts) {
    if (!verify(null, data, key, signature)) throw new Error('A signature is not good.')
  }
}
