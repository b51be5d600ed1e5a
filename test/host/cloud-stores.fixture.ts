import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { awsKey, awsServer } from '../../packages/adapters/src/aws-secrets-manager/aws-server.fixture.ts'
import { azureApp, azureServer } from '../../packages/adapters/src/azure-key-vault/azure-server.fixture.ts'
import { gcpAccount, gcpServer } from '../../packages/adapters/src/gcp-secret-manager/gcp-server.fixture.ts'
import {
  infisicalIdentity,
  infisicalServer,
} from '../../packages/adapters/src/infisical/infisical-server.fixture.ts'

export type Clouds = Awaited<ReturnType<typeof cloudStores>>

/** The four services on loopback, and the settings of the host that lead to each. @param folder - For a key file. */
export async function cloudStores(folder: string) {
  const [aws, azure, gcp, infisical] = await Promise.all([
    awsServer(),
    azureServer(),
    gcpServer(),
    infisicalServer(),
  ])
  const keyPath = join(folder, 'gcp-key.json')
  const { clientEmail: client_email, privateKey: private_key } = gcpAccount
  writeFileSync(keyPath, JSON.stringify({ client_email, private_key, token_uri: `${gcp.address}/token` }))
  const otherKeyPath = join(folder, 'gcp-other-key.json')
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const otherKey = { client_email, private_key: other.export({ type: 'pkcs8', format: 'pem' }) }
  writeFileSync(otherKeyPath, JSON.stringify({ ...otherKey, token_uri: `${gcp.address}/token` }))
  return {
    otherKeyPath,
    aws,
    azure,
    gcp,
    infisical,
    env: {
      aws: {
        SECRETS_PROVIDER: 'aws',
        SECRETS_AWS_REGION: aws.region,
        SECRETS_AWS_ENDPOINT: aws.address,
        SECRETS_AWS_ACCESS_KEY_ID: awsKey.accessKeyId,
        SECRETS_AWS_SECRET_ACCESS_KEY: awsKey.secretAccessKey,
      },
      azure: {
        SECRETS_PROVIDER: 'azure',
        SECRETS_AZURE_VAULT_URL: azure.address,
        SECRETS_AZURE_AUTHORITY: azure.address,
        SECRETS_AZURE_TENANT_ID: azureApp.tenantId,
        SECRETS_AZURE_CLIENT_ID: azureApp.clientId,
        SECRETS_AZURE_CLIENT_SECRET: azureApp.secret,
      },
      gcp: {
        SECRETS_PROVIDER: 'gcp',
        SECRETS_GCP_PROJECT: gcp.project,
        SECRETS_GCP_BASE_URL: gcp.address,
        SECRETS_GCP_KEY_PATH: keyPath,
      },
      infisical: {
        SECRETS_PROVIDER: 'infisical',
        SECRETS_INFISICAL_BASE_URL: infisical.address,
        SECRETS_INFISICAL_PROJECT_ID: infisicalIdentity.projectId,
        SECRETS_INFISICAL_ENVIRONMENT: infisicalIdentity.environment,
        SECRETS_INFISICAL_CLIENT_ID: infisicalIdentity.clientId,
        SECRETS_INFISICAL_CLIENT_SECRET: infisicalIdentity.clientSecret,
      },
    },
    close: () => Promise.all([aws.close(), azure.close(), gcp.close(), infisical.close()]),
  }
}
