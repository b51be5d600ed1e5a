import { join } from 'node:path'
import { fileKeyStore } from '@corbel/adapters/file'
import { vaultKeyStore, vaultKeyVault } from '@corbel/adapters/vault'
import { type KeyVault, localKeyVault } from '@corbel/core/ports'
import type { ReadSettings } from './read-settings.ts'
import { openVault } from './vault-client.ts'

type HostValues = ReadSettings['values']['host']

/** The keys of the host, wherever the settings keep them. */
export function openKeyVault(host: HostValues): KeyVault {
  const { keyStorageBackend, keyStoragePath, dataDir, secretKey, vaultTransitKey } = host
  if (keyStorageBackend === 'file')
    return localKeyVault({
      store: fileKeyStore({ path: keyStoragePath ?? join(dataDir, 'keys.json'), secret: secretKey }),
    })
  const client = openVault(host)
  return vaultTransitKey === undefined
    ? localKeyVault({ store: vaultKeyStore({ client }) })
    : vaultKeyVault({ client, name: vaultTransitKey })
}
