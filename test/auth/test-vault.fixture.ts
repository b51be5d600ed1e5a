import { randomUUID } from 'node:crypto'
import { type KeyVault, localKeyVault, memoryKeyStore, type PublicKey } from '@corbel/core/ports'
import type { CryptoKey } from 'jose'

/** A key vault whose keys can be rotated and retired at will. */
export interface TestVault extends KeyVault {
  /** How often the public keys were asked for. */
  readonly reads: number
  /** Signs with a new key from now on; the old ones are still accepted. Returns the name of the new one. */
  rotate(): Promise<string>
  /** Forgets a key. */
  retire(kid: string): void
}

export async function testVault(): Promise<TestVault> {
  const sealing = localKeyVault({ store: memoryKeyStore() })
  const keys = new Map<string, { readonly privateKey: CryptoKey; readonly published: PublicKey }>()
  let current = ''
  let reads = 0

  const rotate = async (): Promise<string> => {
    const kid = randomUUID()
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const { x = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    keys.set(kid, {
      privateKey: pair.privateKey,
      published: { kid, kty: 'OKP', crv: 'Ed25519', x, alg: 'EdDSA', use: 'sig' },
    })
    current = kid
    return kid
  }
  await rotate()

  return {
    adapter: { name: 'test' },
    get reads() {
      return reads
    },
    rotate,
    retire: (kid) => void keys.delete(kid),
    signer: async () => {
      const key = keys.get(current)
      if (!key) throw new Error('the signing key was retired')
      return {
        kid: current,
        algorithm: 'EdDSA',
        sign: async (data) => new Uint8Array(await crypto.subtle.sign('Ed25519', key.privateKey, data)),
      }
    },
    publicKeys: async () => {
      reads += 1
      return [...keys.values()].map(({ published }) => published)
    },
    seal: (plaintext, context) => sealing.seal(plaintext, context),
    open: (sealed, context) => sealing.open(sealed, context),
  }
}

interface CryptoKeyPair {
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
}
