import { join } from 'node:path'
import { refuseStart, type SettingsSource } from '@corbel/core'
import type { SecretStore } from '@corbel/core/ports'
import { type ReadSettings, readSettings } from '../read-settings.ts'
import { secretStoreProblems } from '../secret-store-problems.ts'
import { openVault, vaultProblems } from '../vault-client.ts'

type HostValues = ReadSettings['values']['host']

/** A way to open each store; its adapter is loaded when the settings name it. */
const openers: Readonly<
  Record<HostValues['secretsProvider'], (host: HostValues) => Promise<SecretStore | null>>
> = {
  none: async () => null,
  file: async ({ secretsPath, dataDir, secretKey: secret }) => {
    const { fileSecretStore } = await import('@corbel/adapters/file')
    return fileSecretStore({ path: secretsPath ?? join(dataDir, 'secrets.json'), secret })
  },
  vault: async (host) => {
    const { vaultSecretStore } = await import('@corbel/adapters/vault')
    return vaultSecretStore({ client: openVault(host) })
  },
  aws: async (host) => (await import('./cloud-secrets.ts')).openAwsSecrets(host),
  azure: async (host) => (await import('./cloud-secrets.ts')).openAzureSecrets(host),
  gcp: async (host) => (await import('./cloud-secrets.ts')).openGcpSecrets(host),
  infisical: async (host) => (await import('./cloud-secrets.ts')).openInfisicalSecrets(host),
}

/** @throws StartRefused when the settings name a store and no way into it. */
export async function openSecretStore(source: SettingsSource): Promise<SecretStore | null> {
  const settings = readSettings(source)
  const { host } = settings.values
  refuseStart(settings.profile, [...vaultProblems(settings), ...secretStoreProblems(settings)])
  return openers[host.secretsProvider](host)
}
