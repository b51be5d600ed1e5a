import { join } from 'node:path'
import { fileKeyStore } from '@corbel/adapters/file'
import { appRole, VaultClient, vaultKeyStore, vaultKeyVault, vaultToken } from '@corbel/adapters/vault'
import type { StartProblem } from '@corbel/core'
import { type KeyVault, localKeyVault } from '@corbel/core/ports'
import { HostSettings } from './host-settings.ts'
import type { ReadSettings } from './read-settings.ts'

type HostValues = ReadSettings['values']['host']

/** The keys of the host, wherever the settings keep them. */
export function openKeyVault(host: HostValues): KeyVault {
  const { keyStorageBackend, keyStoragePath, dataDir, secretKey, vaultTransitKey } = host
  if (keyStorageBackend === 'file')
    return localKeyVault({
      store: fileKeyStore({ path: keyStoragePath ?? join(dataDir, 'keys.json'), secret: secretKey }),
    })
  const client = vaultClient(host)
  return vaultTransitKey === undefined
    ? localKeyVault({ store: vaultKeyStore({ client }) })
    : vaultKeyVault({ client, name: vaultTransitKey })
}

function vaultClient({ vaultAddress = '', vaultNamespace, ...credentials }: HostValues): VaultClient {
  const auth = vaultAuth(credentials)
  if (!auth) throw new Error('The settings have no way to sign in to Vault.')
  return new VaultClient({
    address: vaultAddress,
    auth,
    ...(vaultNamespace !== undefined && { namespace: vaultNamespace }),
  })
}

type VaultCredentials = Partial<Pick<HostValues, 'vaultToken' | 'vaultRoleId' | 'vaultSecretId'>>

function vaultAuth({ vaultToken: token, vaultRoleId: roleId, vaultSecretId: secretId }: VaultCredentials) {
  if (token) return vaultToken(token)
  return roleId !== undefined && secretId ? appRole({ roleId, secretId }) : null
}

/** Vault without a way in. */
export const keyVaultProblems = ({
  values: { host },
}: Pick<ReadSettings, 'values'>): readonly StartProblem[] =>
  host.keyStorageBackend !== 'vault' || vaultAuth(host)
    ? []
    : [
        {
          subject: HostSettings.vaultToken.env,
          what: 'is missing, and so is an AppRole',
          why: `${HostSettings.keyStorageBackend.env} says that the keys are in Vault.`,
          fix: `Set ${HostSettings.vaultToken.env}, or ${HostSettings.vaultRoleId.env} and ${HostSettings.vaultSecretId.env}.`,
        },
      ]
