import { camel, type Scaffold } from './write-scaffold.ts'

/** The ports that a beginning is known for. */
export const adapterPorts = ['cache', 'secret-store'] as const
export type AdapterPort = (typeof adapterPorts)[number]

/**
 * An adapter that keeps the law of its port within the process, to be rewritten step by step while "corbel adapter verify" stays at 0.
 * Until then production refuses it.
 */
export const adapterScaffold = (name: string, port: AdapterPort): Scaffold =>
  port === 'cache' ? cacheScaffold(name) : secretStoreScaffold(name)

const standIn = (name: string): string =>
  `{
      name: '${name}',
      // Take it out once values outlive the process and every process sees the same.
      standIn: { setting: 'CORBEL_PROFILE', fix: 'Finish the adapter ${name}, or use another one.' },
    }`

function cacheScaffold(name: string): Scaffold {
  const factory = `${camel(name)}Cache`
  return {
    [`${name}/${name}-cache.ts`]: `import { type Cache, type Clock, systemClock } from '@corbel/core/ports'

export interface ${factory[0]?.toUpperCase()}${factory.slice(1)}Options {
  /** @default systemClock */
  readonly clock?: Clock
}

export function ${factory}({ clock = systemClock }: ${factory[0]?.toUpperCase()}${factory.slice(1)}Options = {}): Cache {
  const entries = new Map<string, { readonly value: string; readonly expiresAt: number }>()
  const now = (): number => clock.now().getTime()
  const find = (key: string): string | null => {
    const entry = entries.get(key)
    return entry && entry.expiresAt > now() ? entry.value : null
  }
  return {
    adapter: ${standIn(name)},
    get: async (key) => find(key),
    set: async (key, value, ttlMs) => void entries.set(key, { value, expiresAt: now() + ttlMs }),
    add: async (key, value, ttlMs) => {
      if (find(key) !== null) return false
      entries.set(key, { value, expiresAt: now() + ttlMs })
      return true
    },
    delete: async (key) => void entries.delete(key),
    check: async () => {},
  }
}
`,
    [`${name}/verify.ts`]: `import { cacheConformance, manualTime, type Suite } from '@corbel/core/ports'
import { ${factory} } from './${name}-cache.ts'

/** corbel adapter verify ${name}/verify.ts */
export const verify = (suite: Suite): void =>
  cacheConformance(suite, async () => {
    const time = manualTime()
    return { ...time, cache: ${factory}(time) }
  })
`,
  }
}

function secretStoreScaffold(name: string): Scaffold {
  const factory = `${camel(name)}SecretStore`
  return {
    [`${name}/${name}-secret-store.ts`]: `import {
  checkSecretName,
  checkSecretValue,
  type SecretStore,
  SecretStoreErrors,
  type StoredSecret,
} from '@corbel/core/ports'

export function ${factory}(): SecretStore {
  const secrets = new Map<string, StoredSecret>()
  let writes = 0
  return {
    adapter: ${standIn(name)},
    writable: true,
    get: async (secretName) => {
      checkSecretName(secretName)
      return secrets.get(secretName) ?? null
    },
    put: async (secretName, value, expected) => {
      checkSecretName(secretName)
      checkSecretValue(value)
      if ((secrets.get(secretName)?.version ?? null) !== expected) throw SecretStoreErrors.conflict()
      writes += 1
      const stored = { value, version: String(writes) }
      secrets.set(secretName, stored)
      return stored
    },
    list: async (prefix) => [...secrets.keys()].filter((each) => each.startsWith(prefix)).toSorted(),
    check: async () => {},
  }
}
`,
    [`${name}/verify.ts`]: `import { Secret, secretStoreConformance, type Suite } from '@corbel/core/ports'
import { ${factory} } from './${name}-secret-store.ts'

/** corbel adapter verify ${name}/verify.ts */
export const verify = (suite: Suite): void =>
  secretStoreConformance(
    suite,
    async (initial) => {
      const store = ${factory}()
      for (const [name, value] of Object.entries(initial)) await store.put(name, new Secret(value), null)
      return { store, another: async () => store, atRest: null, spoil: null }
    },
    { noMedium: 'it keeps them in this process' },
  )
`,
  }
}
