import type { StartProblem } from '@corbel/core'
import type { ReadSettings } from './read-settings.ts'
import { SecretStoreSettings } from './secret-store-settings.ts'

const own: ReadonlySet<string> = new Set(Object.values(SecretStoreSettings).map(({ env }) => env))

/** Why the store that SECRETS_PROVIDER names cannot be opened, whatever else is missing: that may be in the store. */
export function secretStoreProblems({ problems, values: { host } }: ReadSettings): readonly StartProblem[] {
  const {
    secretsAwsAccessKeyId,
    secretsAwsSecretAccessKey,
    secretsAzureTenantId,
    secretsAzureClientId,
    secretsAzureClientSecret,
    secretsAzureTokenPath,
  } = SecretStoreSettings
  const azure = host.secretsProvider === 'azure'
  const aws = host.secretsProvider === 'aws'
  const hasCredential =
    host.secretsAzureClientSecret !== undefined || host.secretsAzureTokenPath !== undefined
  const halves = [
    [aws, host.secretsAwsAccessKeyId, host.secretsAwsSecretAccessKey, secretsAwsSecretAccessKey],
    [aws, host.secretsAwsSecretAccessKey, host.secretsAwsAccessKeyId, secretsAwsAccessKeyId],
    [azure, hasCredential || undefined, host.secretsAzureTenantId, secretsAzureTenantId],
    [azure, host.secretsAzureTenantId, host.secretsAzureClientId, secretsAzureClientId],
    [azure, host.secretsAzureTenantId, hasCredential || undefined, secretsAzureClientSecret],
  ] as const
  return [
    ...problems.filter(({ subject }) => own.has(subject)),
    ...halves.flatMap(([applies, given, needed, { env: subject }]) =>
      applies && given !== undefined && needed === undefined
        ? [
            {
              subject,
              what: 'is missing',
              why: 'One half of the way into the store is of no use without the other.',
              fix:
                subject === secretsAzureClientSecret.env
                  ? `Set it, or ${secretsAzureTokenPath.env}.`
                  : 'Set it, or leave out the others to sign in as the machine.',
            },
          ]
        : [],
    ),
  ]
}
