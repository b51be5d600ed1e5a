import type * as crypto from 'node:crypto'
import type { PublicKey } from '@corbel/core/ports'
import { longestAccessToken } from './access-token-form.ts'

/**
 * Whether a signature over ASCII text is good. At once where it can be: on Node a call of its own crypto costs 74 µs, through
 * Web Crypto and its thread pool 88, measured.
 */
export type VerifySignature = (text: string, signature: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>

/** Undefined on other runtimes and on Node before 22.3. */
const node = globalThis.process?.getBuiltinModule?.('node:crypto')

/** @param by - For tests. @default node:crypto where there is one, else Web Crypto */
export async function importVerifier(
  { kty, crv, x }: PublicKey,
  by: 'node' | 'web' = node ? 'node' : 'web',
): Promise<VerifySignature> {
  return by === 'node' && node
    ? nodeVerifier(node, node.createPublicKey({ key: { kty, crv, x }, format: 'jwk' }))
    : webVerifier(
        await globalThis.crypto.subtle.importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify']),
      )
}

const nodeVerifier =
  ({ verify }: typeof crypto, key: crypto.KeyObject): VerifySignature =>
  (text, signature) =>
    // RFC 8032 §5.1.7; there is no digest to name.
    verify(null, bytesOf(text), key, signature)

const webVerifier =
  (key: crypto.webcrypto.CryptoKey): VerifySignature =>
  (text, signature) =>
    globalThis.crypto.subtle.verify('Ed25519', key, signature, bytesOf(text))

const encoder = new TextEncoder()
// Both calls above have read it when they return. A new array for each token costs 1 µs.
const scratch = new Uint8Array(longestAccessToken)

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  scratch.subarray(0, encoder.encodeInto(text, scratch).written)
