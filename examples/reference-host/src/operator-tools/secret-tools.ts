import { join } from 'node:path'
import { fileSecretStore } from '@corbel/adapters/file'
import { vaultSecretStore } from '@corbel/adapters/vault'
import { refuseStart, type SettingsSource } from '@corbel/core'
import type { SecretStore } from '@corbel/core/ports'
import { readSettings } from '../read-settings.ts'
import { openVault, vaultProblems } from '../vault-client.ts'

/** @throws StartRefused when the settings name Vault and no way into it. */
export async function openSecretStore(source: SettingsSource): Promise<SecretStore | null> {
  const settings = readSettings(source)
  const { host } = settings.values
  refuseStart(settings.profile, vaultProblems(settings))
  if (host.secretsProvider === 'vault') return vaultSecretStore({ client: openVault(host) })
  if (host.secretsProvider === 'file')
    return fileSecretStore({
      path: host.secretsPath ?? join(host.dataDir, 'secrets.json'),
      secret: host.secretKey,
    })
  return null
}
