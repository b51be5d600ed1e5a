import { Secret } from '../kernel/secret.ts'
import { checkSecretName, checkSecretValue } from './secret-name.ts'
import { type SecretStore, SecretStoreErrors, type StoredSecret } from './secret-store.ts'

/** Secrets that end with the process, for tests. @param initial - Values by name. */
export function memorySecretStore(initial: Readonly<Record<string, string>> = {}): SecretStore {
  let writes = 0
  const stored = (value: string): StoredSecret => ({ value: new Secret(value), version: String(++writes) })
  const secrets = new Map(Object.entries(initial).map(([name, value]) => [name, stored(value)]))
  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'CORBEL_DATA_DIR', fix: 'Use a secret store that outlives the process.' },
    },
    writable: true,
    get: async (name) => {
      checkSecretName(name)
      return secrets.get(name) ?? null
    },
    put: async (name, value, expected) => {
      checkSecretName(name)
      checkSecretValue(value)
      if ((secrets.get(name)?.version ?? null) !== expected) throw SecretStoreErrors.conflict()
      const written = stored(value.reveal())
      secrets.set(name, written)
      return written
    },
    list: async (prefix) => [...secrets.keys()].filter((name) => name.startsWith(prefix)).toSorted(),
    check: async () => {},
  }
}
