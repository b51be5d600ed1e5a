import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import {
  appRole,
  certificateAuth,
  jwtAuth,
  tlsFetch,
  type VaultAuth,
  VaultClient,
  vaultToken,
} from '@corbel/adapters/vault'
import { Secret, type StartProblem } from '@corbel/core'
import { HostSettings } from './host-settings.ts'
import type { ReadSettings } from './read-settings.ts'

type HostValues = ReadSettings['values']['host']

/** A client with the credentials of the settings. */
export function openVault(host: HostValues): VaultClient {
  const auth = vaultAuth(host)
  if (!auth) throw new Error('The settings have no way to sign in to Vault.')
  const { vaultAddress = '', vaultNamespace, vaultCaPath, vaultClientCertPath, vaultClientKeyPath } = host
  const own = {
    ...(vaultCaPath !== undefined && { ca: readFileSync(vaultCaPath, 'utf8') }),
    ...(vaultClientCertPath !== undefined && { cert: readFileSync(vaultClientCertPath, 'utf8') }),
    ...(vaultClientKeyPath !== undefined && { key: readFileSync(vaultClientKeyPath, 'utf8') }),
  }
  return new VaultClient({
    address: vaultAddress,
    auth,
    ...(vaultNamespace !== undefined && { namespace: vaultNamespace }),
    ...(Object.keys(own).length > 0 && { fetch: tlsFetch(own) }),
  })
}

function vaultAuth(host: Partial<HostValues>): VaultAuth | null {
  const { vaultToken: token, vaultRoleId: roleId, vaultSecretId: secretId } = host
  const { vaultJwtRole: role, vaultJwtPath: path, vaultClientCertPath, vaultClientKeyPath } = host
  if (token) return vaultToken(token)
  if (roleId !== undefined && secretId) return appRole({ roleId, secretId })
  if (role !== undefined && path !== undefined)
    return jwtAuth({ role, jwt: async () => new Secret((await readFile(path, 'utf8')).trim()) })
  return vaultClientCertPath !== undefined && vaultClientKeyPath !== undefined ? certificateAuth() : null
}

/** Vault without an address or a way in. */
export function vaultProblems({ values: { host } }: Pick<ReadSettings, 'values'>): readonly StartProblem[] {
  const user = [HostSettings.keyStorageBackend, HostSettings.secretsProvider].find(
    ({ env }) =>
      (env === HostSettings.keyStorageBackend.env ? host.keyStorageBackend : host.secretsProvider) ===
      'vault',
  )
  if (!user) return []
  const why = `${user.env} says that ${user === HostSettings.keyStorageBackend ? 'the keys are' : 'secrets are'} in Vault.`
  const fix = `Set ${HostSettings.vaultToken.env}; or ${HostSettings.vaultRoleId.env} and ${HostSettings.vaultSecretId.env}; or ${HostSettings.vaultJwtRole.env}; or ${HostSettings.vaultClientCertPath.env} and ${HostSettings.vaultClientKeyPath.env}.`
  return [
    ...(host.vaultAddress === undefined
      ? [
          {
            subject: HostSettings.vaultAddress.env,
            what: 'is missing',
            why,
            fix: 'Set it, such as https://vault.example.com:8200.',
          },
        ]
      : []),
    ...(vaultAuth(host)
      ? []
      : [
          {
            subject: HostSettings.vaultToken.env,
            what: 'is missing, and so is every other way in',
            why,
            fix,
          },
        ]),
  ]
}
