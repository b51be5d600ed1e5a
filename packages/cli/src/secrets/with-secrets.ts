import type { Setting, SettingsSource } from '@corbel/core'
import type { SecretStore } from '@corbel/core/ports'
import { settingsOf } from '../catalog/setting-list.ts'
import type { StackDescription } from '../config.ts'
import type { Invocation } from '../run/cli-context.ts'
import { CliError } from '../run/cli-error.ts'
import { notOffered } from '../run/not-offered.ts'

export interface OpenSecrets {
  readonly store: SecretStore
  readonly description: StackDescription
  /** The environment and the env files. */
  readonly source: SettingsSource
  /** The secrets that may be in the store, in the order of the catalogue. */
  readonly settings: readonly Setting[]
}

/** `STRIPE_SECRET_KEY` -> `settings/stripe-secret-key`. */
export const storedName = (env: string): string => `settings/${env.toLowerCase().replaceAll(/_+/g, '-')}`

/** Opens the store that the settings name, lends it, and closes it. @throws CliError */
export async function withSecrets<T>(
  invocation: Invocation,
  work: (open: OpenSecrets) => Promise<T>,
): Promise<T> {
  const { config, path } = await invocation.config()
  if (!config.secrets) throw notOffered(path, 'secrets')
  const [description, source] = [await config.describe(), await invocation.settings()]
  const { kept } = config.secrets
  const store = await config.secrets.open(source)
  if (store === null) throw withoutStore()
  const settings = settingsOf(description)
    .map(({ setting }) => setting)
    .filter(({ env, secret }) => secret === true && !kept.includes(env))
  try {
    return await work({ store, description, source, settings })
  } finally {
    await store.close?.()
  }
}

/** Every stored secret by the name of its setting. Each is asked for: the lists of some services lag behind. */
export async function storedSecrets({ store, settings }: OpenSecrets) {
  const found = await Promise.all(
    settings.map(async ({ env }) => [env, await store.get(storedName(env))] as const),
  )
  return new Map(found.flatMap(([env, stored]) => (stored === null ? [] : [[env, stored] as const])))
}

const withoutStore = (): CliError =>
  new CliError('unanswered', {
    code: 'secrets/no-store',
    message: 'The settings name no secret store.',
    fix: 'Name one in the settings of your stack, such as SECRETS_PROVIDER=file, vault, aws, azure, gcp or infisical.',
  })
