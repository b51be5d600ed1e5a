import {
  checkSecretName,
  checkSecretValue,
  isSecretName,
  Secret,
  type SecretStore,
  SecretStoreErrors,
} from '@corbel/core/ports'
import type { VaultClient } from './vault-client.ts'
import { VaultKv } from './vault-kv.ts'

export interface VaultSecretStoreOptions {
  readonly client: VaultClient
  /** Of the key-value engine, version 2. @default 'secret' */
  readonly mount?: string
  /** Folder of the secrets. @default 'corbel/secrets' */
  readonly folder?: string
}

/** Keeps each secret as one entry `{ "value": … }`; versions are those of Vault. */
export function vaultSecretStore({
  client,
  mount = 'secret',
  folder = 'corbel/secrets',
}: VaultSecretStoreOptions): SecretStore {
  const kv = new VaultKv(client, mount)

  async function below(path: string, prefix: string): Promise<readonly string[]> {
    const names = await Promise.all(
      (await kv.list(`${folder}/${path}`)).map(async (key) => {
        const name = path + key
        if (!key.endsWith('/')) return name.startsWith(prefix) && isSecretName(name) ? [name] : []
        return name.startsWith(prefix) || prefix.startsWith(name) ? below(name, prefix) : []
      }),
    )
    return names.flat()
  }

  return {
    adapter: { name: 'vault' },
    writable: true,
    get: async (name) => {
      checkSecretName(name)
      const entry = await kv.read(`${folder}/${name}`)
      return entry && { value: new Secret(entry.value), version: String(entry.version) }
    },
    put: async (name, value, expected) => {
      checkSecretName(name)
      checkSecretValue(value)
      if (expected !== null && !/^[1-9]\d{0,14}$/.test(expected)) throw SecretStoreErrors.conflict()
      const cas = expected === null ? null : Number(expected)
      const version = await kv.write(`${folder}/${name}`, value.reveal(), cas)
      if (version === null) throw SecretStoreErrors.conflict()
      return { value, version: String(version) }
    },
    list: async (prefix) => (await below('', prefix)).toSorted((a, b) => (a < b ? -1 : 1)),
    check: () => client.check(),
  }
}
