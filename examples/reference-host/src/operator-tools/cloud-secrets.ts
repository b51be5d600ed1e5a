import { readFile } from 'node:fs/promises'
import { awsSecretStore } from '@corbel/adapters/aws-secrets-manager'
import {
  type AzureAuth,
  azureClientSecret,
  azureManagedIdentity,
  azureSecretStore,
  azureWorkloadIdentity,
} from '@corbel/adapters/azure-key-vault'
import { gcpMetadata, gcpSecretStore, gcpServiceAccount } from '@corbel/adapters/gcp-secret-manager'
import { infisicalSecretStore } from '@corbel/adapters/infisical'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { Secret } from '@corbel/core'
import type { SecretStore } from '@corbel/core/ports'
import { HostError } from '../host-error.ts'
import { HostSettings } from '../host-settings.ts'
import type { ReadSettings } from '../read-settings.ts'

// Settings that a store needs are there: `secretStoreProblems` has refused to go on without them.
type HostValues = ReadSettings['values']['host']

export function openAwsSecrets(host: HostValues): SecretStore {
  const { secretsAwsRegion: region = '', secretsAwsEndpoint: endpoint } = host
  const { secretsAwsAccessKeyId: accessKeyId, secretsAwsSecretAccessKey: secret } = host
  const client = new SecretsManagerClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secret && { credentials: { accessKeyId, secretAccessKey: secret.reveal() } }),
  })
  return {
    ...awsSecretStore({ client, folder: host.secretsFolder }),
    close: async () => client.destroy(),
  }
}

export const openAzureSecrets = (host: HostValues): SecretStore =>
  azureSecretStore({
    vaultUrl: host.secretsAzureVaultUrl ?? '',
    auth: azureAuth(host),
    folder: host.secretsFolder,
  })

function azureAuth(host: HostValues): AzureAuth {
  const {
    secretsAzureTenantId: tenantId,
    secretsAzureClientId: clientId,
    secretsAzureAuthority: authority,
  } = host
  const { secretsAzureClientSecret: secret, secretsAzureTokenPath: path } = host
  if (tenantId === undefined || clientId === undefined)
    return azureManagedIdentity(clientId === undefined ? {} : { clientId })
  const application = { tenantId, clientId, authority }
  if (secret) return azureClientSecret({ ...application, secret })
  const token = async () => new Secret((await readFile(path ?? '', 'utf8')).trim())
  return azureWorkloadIdentity({ ...application, token })
}

export async function openGcpSecrets(host: HostValues): Promise<SecretStore> {
  const { secretsGcpKeyPath: path, secretsGcpBaseUrl: baseUrl, secretsFolder: folder } = host
  const auth = path === undefined ? gcpMetadata() : gcpServiceAccount(await gcpKey(path))
  return gcpSecretStore({ project: host.secretsGcpProject ?? '', auth, folder, baseUrl })
}

/** The key file as Google Cloud gives it out. */
async function gcpKey(path: string) {
  const { client_email: clientEmail, private_key: pem, token_uri: tokenUri } = await keyIn(path)
  if (clientEmail === undefined || pem === undefined)
    throw new HostError(
      `${HostSettings.secretsGcpKeyPath.env} names no readable key of a service account. Download one as JSON, or leave it out.`,
    )
  return { clientEmail, privateKey: new Secret(pem), ...(tokenUri !== undefined && { tokenUri }) }
}

type KeyFile = Readonly<Partial<Record<'client_email' | 'private_key' | 'token_uri', string>>>

async function keyIn(path: string): Promise<KeyFile> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as KeyFile
  } catch {
    // What the parser says may quote the key.
    return {}
  }
}

export const openInfisicalSecrets = (host: HostValues): SecretStore =>
  infisicalSecretStore({
    baseUrl: host.secretsInfisicalBaseUrl,
    path: host.secretsInfisicalPath,
    projectId: host.secretsInfisicalProjectId ?? '',
    environment: host.secretsInfisicalEnvironment ?? '',
    clientId: host.secretsInfisicalClientId ?? '',
    clientSecret: host.secretsInfisicalClientSecret ?? new Secret(''),
  })
