import { type KeyStore, KeyStoreErrors } from '@corbel/core/ports'
import type { DocumentKind } from './sealed-document.ts'
import { sealedFile, type SealedFileOptions } from './sealed-file.ts'

export type FileKeyStoreOptions = SealedFileOptions

const keys: DocumentKind = {
  format: 'corbel-keys',
  derivation: 'corbel/file-key-store/v1',
  owner: 'key store',
  loss: 'no session and no sealed value lives on',
}

/**
 * Keeps the keys in one sealed file, which processes on one machine, or on one shared volume, may use together.
 *
 * @throws TypeError when the secret is too short.
 */
export function fileKeyStore(options: FileKeyStoreOptions): KeyStore {
  const file = sealedFile(keys, options)
  return {
    adapter: { name: 'file' },
    read: file.read,
    write: async (document, expected) => {
      const written = await file.write(document, expected)
      if (written === null) throw KeyStoreErrors.conflict()
      return written
    },
    check: file.check,
  }
}
