import { KeyStoreErrors, type KeyStore, type StoredKeys } from './key-store.ts'

/** Keys that end with the process, for tests: every session and sealed value ends with them. */
export function memoryKeyStore(): KeyStore {
  let stored: StoredKeys | null = null
  let writes = 0
  return {
    adapter: {
      name: 'memory',
      standIn: {
        setting: 'CORBEL_DATA_DIR',
        fix: 'Set CORBEL_DATA_DIR and use a key store that outlives the process.',
      },
    },
    read: async () => stored,
    write: async (document, expected) => {
      if ((stored?.revision ?? null) !== expected) throw KeyStoreErrors.conflict()
      writes += 1
      stored = { revision: String(writes), document }
      return stored
    },
    check: async () => {},
  }
}
