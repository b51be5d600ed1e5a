import { type KeyStore, KeyStoreErrors } from '@corbel/core/ports'
import type { VaultClient } from './vault-client.ts'
import { VaultKv } from './vault-kv.ts'

export interface VaultKeyStoreOptions {
  readonly client: VaultClient
  /** Of the key-value engine, version 2. @default 'secret' */
  readonly mount?: string
  /** @default 'corbel/keys' */
  readonly path?: string
}

/** Keeps the key document as one entry: for `localKeyVault`, which signs and seals in the process. */
export function vaultKeyStore({
  client,
  mount = 'secret',
  path = 'corbel/keys',
}: VaultKeyStoreOptions): KeyStore {
  const kv = new VaultKv(client, mount)
  return {
    adapter: { name: 'vault' },
    read: async () => {
      const entry = await kv.read(path)
      return entry && { document: entry.value, revision: String(entry.version) }
    },
    write: async (document, expected) => {
      if (expected !== null && !/^[1-9]\d{0,14}$/.test(expected)) throw KeyStoreErrors.conflict()
      const version = await kv.write(path, document, expected === null ? null : Number(expected))
      if (version === null) throw KeyStoreErrors.conflict()
      return { document, revision: String(version) }
    },
    check: () => client.check(),
  }
}
