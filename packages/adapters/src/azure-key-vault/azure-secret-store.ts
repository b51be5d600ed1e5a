import {
  checkSecretName,
  checkSecretValue,
  type Clock,
  Secret,
  type SecretStore,
  SecretStoreErrors,
} from '@corbel/core/ports'
import { secretNamesUnder } from '../secret-names.ts'
import { bearerCalls } from '../bearer-calls.ts'
import { flatNames } from '../flat-name.ts'
import { checkSecretSize } from '../secret-size.ts'
import type { ServiceAnswer, ServiceCall } from '../service-call.ts'
import type { AzureAuth } from './azure-auth.ts'

export interface AzureSecretStoreOptions {
  /** Such as `https://acme.vault.azure.net`. */
  readonly vaultUrl: string
  /** Needs the role Key Vault Secrets Officer. */
  readonly auth: AzureAuth
  /** Before every name. @default 'corbel' */
  readonly folder?: string
  /** @default systemClock */
  readonly clock?: Clock
}

const mostBytes = 25_000
const longestName = 127

interface SecretBody {
  readonly id?: string
  readonly value?: string
}

/**
 * Secrets in Azure Key Vault, as `corbel--settings--stripe-key`; versions are its own. Values have up to 25,000 bytes, names with the folder
 * up to 127 characters. A secret that was deleted and not purged is none, and refuses a write until it is recovered or purged.
 *
 * @throws ServiceError from every method.
 */
export function azureSecretStore({
  vaultUrl,
  auth,
  folder = 'corbel',
  clock,
}: AzureSecretStoreOptions): SecretStore {
  const names = flatNames(folder, '--')
  const bearer = bearerCalls(auth, clock)

  const call = (
    method: ServiceCall['method'],
    path: string,
    more: Pick<ServiceCall, 'body' | 'accept'> = {},
    query: Readonly<Record<string, string>> = {},
  ): Promise<ServiceAnswer> => {
    const url = new URL(path, vaultUrl)
    for (const [key, value] of Object.entries({ 'api-version': '7.4', ...query }))
      url.searchParams.set(key, value)
    return bearer({ service: 'Azure Key Vault', method, url, ...more })
  }

  async function read(name: string) {
    const flat = names.flat(name)
    if (flat.length > longestName) return null
    const { status, body } = await call('GET', `/secrets/${flat}`, { accept: [404] })
    return status === 404 ? null : storedIn(body)
  }

  async function list(prefix: string): Promise<readonly string[]> {
    const found: string[] = []
    let path: string | null = '/secrets'
    let query: Readonly<Record<string, string>> = { maxresults: '25' }
    while (path !== null) {
      const { body } = await call('GET', path, {}, query)
      const { value = [], nextLink } = body as {
        readonly value?: readonly SecretBody[]
        readonly nextLink?: string | null
      }
      found.push(...value.map(({ id = '' }) => names.name(new URL(id).pathname.split('/')[2] ?? '') ?? ''))
      const next: URL | null = nextLink ? new URL(nextLink) : null
      path = next && next.pathname
      query = next ? Object.fromEntries(next.searchParams) : {}
    }
    return secretNamesUnder(prefix, found)
  }

  return {
    adapter: { name: 'azure-key-vault' },
    writable: true,
    lastWriteWins: 'Azure Key Vault cannot make a write depend on a version',
    get: async (name) => {
      checkSecretName(name)
      return read(name)
    },
    put: async (name, value, expected) => {
      checkSecretName(name)
      checkSecretValue(value)
      checkSecretSize(value, mostBytes)
      const flat = names.flat(name)
      if (flat.length > longestName) throw SecretStoreErrors.invalidName()
      if (((await read(name))?.version ?? null) !== expected) throw SecretStoreErrors.conflict()
      const { body } = await call('PUT', `/secrets/${flat}`, { body: { value: value.reveal() } })
      return { value, version: storedIn(body).version }
    },
    list,
    check: async () => void (await call('GET', '/secrets', {}, { maxresults: '1' })),
  }
}

/** The id is an address that ends in the version. */
function storedIn(body: SecretBody) {
  const { id, value } = body
  const version = id?.split('/').at(-1)
  if (version === undefined || value === undefined)
    throw new Error('Azure Key Vault answered without a value. Look into the vault.')
  return { value: new Secret(value), version }
}
