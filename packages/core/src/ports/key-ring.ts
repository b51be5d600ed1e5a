import { fromBase64url } from '../kernel/base64url.ts'
import type { KeyDocument, SealingKey, SigningKey } from './key-document.ts'
import type { PublicKey, Signer } from './key-vault.ts'

type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The keys of a document, imported once and not extractable. */
export interface KeyRing {
  readonly signer: Signer
  readonly publicKeys: readonly PublicKey[]
  /** When the public keys last changed. */
  readonly changedAt: Date
  /** AES-256-GCM, of the active sealing key. */
  readonly sealer: { readonly kid: string; readonly key: ImportedKey }
  /** AES-256-GCM by key id, of every sealing key. */
  readonly openers: ReadonlyMap<string, ImportedKey>
}

export async function importKeys({ signing, sealing, changedAt }: KeyDocument): Promise<KeyRing> {
  const signingKey = activeOf(signing)
  const sealingKey = activeOf(sealing)
  const openers = new Map<string, ImportedKey>()
  for (const key of sealing) openers.set(key.kid, await sealKeyOf(key))
  const key = openers.get(sealingKey.kid)
  if (key === undefined) throw new TypeError('The active sealing key was not imported.')
  return {
    signer: await signerOf(signingKey),
    publicKeys: signing.map(({ kid, x }) => ({
      kid,
      kty: 'OKP',
      crv: 'Ed25519',
      x,
      alg: 'EdDSA',
      use: 'sig',
    })),
    changedAt: new Date(changedAt ?? signingKey.createdAt),
    sealer: { kid: sealingKey.kid, key },
    openers,
  }
}

function activeOf<Key extends SigningKey | SealingKey>(keys: readonly Key[]): Key {
  const active = keys.filter(({ state }) => state === 'active')
  const [key] = active
  if (key === undefined || active.length > 1) {
    throw new Error(
      `The key document has ${active.length} active keys of a kind instead of 1. Restore the key store from a backup.`,
    )
  }
  return key
}

async function signerOf({ kid, x, d }: SigningKey): Promise<Signer> {
  const key = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x, d }, 'Ed25519', false, [
    'sign',
  ])
  return {
    kid,
    algorithm: 'EdDSA',
    sign: async (data) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, data)),
  }
}

/** The sub-key of one purpose (HKDF, RFC 5869), so that no key serves two algorithms or uses. */
async function sealKeyOf({ k }: SealingKey): Promise<ImportedKey> {
  const root = await crypto.subtle.importKey('raw', fromBase64url(k), 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('corbel/v1/seal')
  // The root is uniformly random, so RFC 5869 §3.1 needs no salt.
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(hkdf, root, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
