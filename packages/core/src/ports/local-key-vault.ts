import { type Clock, systemClock } from '../kernel/clock.ts'
import { DomainError } from '../kernel/errors.ts'
import { fromBase64url, toBase64url } from '../kernel/base64url.ts'
import { createKeyDocument, parseKeyDocument } from './key-document.ts'
import { importKeys, type KeyRing } from './key-ring.ts'
import { type KeyStore, KeyStoreErrors, type StoredKeys } from './key-store.ts'
import { storedKeyRotation } from './key-rotation.ts'
import type { KeyVault } from './key-vault.ts'

export interface LocalKeyVaultOptions {
  readonly store: KeyStore
  /** @default systemClock */
  readonly clock?: Clock
}

export interface LocalKeyVault extends KeyVault {
  /**
   * Reads the key store again, so that keys which another process has added or retired take effect here.
   *
   * @throws Error when the keys have vanished; the ones in memory stay in use.
   */
  refresh(): Promise<void>
}

/** NIST SP 800-38D §8.2.2: 96 random bits, good for 2^32 messages per key. */
const ivBytes = 12

const sealedForm = /^v1\.([\w-]+)\.([\w-]+)\.([\w-]+)$/

/**
 * Signs and seals in the process, with keys from a store that is read once. Makes the first keys when the store is empty: of
 * many processes that begin at once all end with the same ones.
 */
export function localKeyVault({ store, clock = systemClock }: LocalKeyVaultOptions): LocalKeyVault {
  let ring: Promise<KeyRing> | null = null
  let revision: string | null = null

  /** One read for all callers; a failed one is not remembered. */
  function keys(): Promise<KeyRing> {
    ring ??= readOrCreate(store, clock)
      .then((stored) => {
        revision = stored.revision
        return importStored(stored)
      })
      .catch((error: unknown) => {
        ring = null
        throw error
      })
    return ring
  }

  async function refresh(): Promise<void> {
    const stored = await store.read()
    if (stored === null) {
      throw new Error(
        'The key store is empty although keys are in use. Restore it from a backup before the next start.',
      )
    }
    if (stored.revision === revision) return
    const next = await importStored(stored)
    ring = Promise.resolve(next)
    revision = stored.revision
  }

  return {
    adapter: { name: 'local', ...standInOf(store) },
    rotation: storedKeyRotation({ store, clock, changed: refresh }),
    refresh,
    signer: async () => (await keys()).signer,
    publicKeys: async () => (await keys()).publicKeys,
    publicKeysChangedAt: async () => (await keys()).changedAt,
    seal: async (plaintext, context) => {
      const { sealer } = await keys()
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
      const sealed = await crypto.subtle.encrypt(gcm(iv, context), sealer.key, plaintext)
      return `v1.${sealer.kid}.${toBase64url(iv)}.${toBase64url(new Uint8Array(sealed))}`
    },
    open: async (sealed, context) => {
      const { openers } = await keys()
      const [, kid = '', iv = '', ciphertext = ''] = sealedForm.exec(sealed) ?? []
      const key = openers.get(kid)
      if (key === undefined) {
        throw new Error(
          'The sealed value does not open: it names no key of this vault. Was the key store replaced?',
        )
      }
      try {
        return new Uint8Array(
          await crypto.subtle.decrypt(gcm(fromBase64url(iv), context), key, fromBase64url(ciphertext)),
        )
      } catch {
        throw new Error('The sealed value does not open: it was changed, or sealed for another context.')
      }
    },
    check: async () => {
      await keys()
      await store.check?.()
    },
    close: async () => store.close?.(),
  }
}

const gcm = (iv: Uint8Array<ArrayBuffer>, context: string) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(context),
})

const importStored = ({ document }: StoredKeys): Promise<KeyRing> => importKeys(parseKeyDocument(document))

const standInOf = ({ adapter }: KeyStore) =>
  adapter.standIn === undefined ? {} : { standIn: adapter.standIn }

async function readOrCreate(store: KeyStore, clock: Clock): Promise<StoredKeys> {
  const stored = await store.read()
  if (stored !== null) return stored
  try {
    return await store.write(JSON.stringify(await createKeyDocument(clock)), null)
  } catch (error) {
    if (!(error instanceof DomainError && error.code === KeyStoreErrors.conflict.code)) throw error
    const theirs = await store.read()
    if (theirs === null) throw error
    return theirs
  }
}
