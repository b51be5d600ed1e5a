import { describe, expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { Secret } from '../kernel/secret.ts'
import { secretStoreConformance } from './secret-store.conformance.ts'
import { memorySecretStore } from './secret-store.memory.ts'
import { type SecretStore, SecretStoreErrors } from './secret-store.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

const harness = (store: SecretStore) => ({ store, another: async () => store, atRest: null, spoil: null })

describe('memorySecretStore', () =>
  secretStoreConformance(
    conforming('secret store', 'memory'),
    async (initial) => harness(memorySecretStore(initial)),
    {
      noMedium: 'the secrets are in memory only',
    },
  ))

test('a store that looks before it writes, trims, and keeps one version for all', async () => {
  const failures = await collectFailures((suite) =>
    secretStoreConformance(suite, async (initial) => {
      const values = new Map(Object.entries(initial).map(([name, value]) => [name, value.trim()]))
      let version = 1
      const get = async (name: string) => {
        const value = values.get(name)
        return value === undefined ? null : { value: new Secret(value), version: String(version) }
      }
      const broken: SecretStore = {
        adapter: { name: 'broken' },
        writable: true,
        get,
        put: async (name, value, expected) => {
          if (((await get(name))?.version ?? null) !== expected)
            throw SecretStoreErrors.conflict({ detail: `${value.reveal()} is not written` })
          await nextTurn()
          values.set(name, value.reveal())
          version += 1
          return { value, version: String(version) }
        },
        list: async (prefix) =>
          [...values.keys()].filter((name) => new RegExp(`^${prefix || '.'}`).test(name)),
      }
      return { ...harness(broken), atRest: async () => JSON.stringify([...values]), spoil: async () => {} }
    }),
  )
  expect(failures).toEqual([
    'get returns the value as it was put, and null when there is none',
    'list gives the names of a prefix in order',
    'get and put throw secret-store/invalid-name for names that are none',
    'every write changes the version of its secret, and of no other',
    'of concurrent first writes of one name one wins and the others conflict',
    'of concurrent replacements one wins',
    'put throws secret-store/invalid-value for what is none',
    'no error holds a value',
    'secrets are sealed at rest',
    'what cannot be opened is rejected, and never overwritten',
  ])
})

test('a read-only store that says it can be written, and one that swallows what it is given', async () => {
  const swallowing = (writable: boolean) => async (initial: Readonly<Record<string, string>>) =>
    harness({
      ...memorySecretStore(initial),
      writable,
      put: async (_name, value) => ({ value, version: 'none' }),
    })
  const options = { readOnly: 'its medium is not ours' }
  const failures = await collectFailures((suite) => secretStoreConformance(suite, swallowing(true), options))
  expect(failures).toContain('writable says whether put can succeed')
  expect(failures).toContain('put throws secret-store/read-only and changes nothing')
  const lost = await collectFailures((suite) => secretStoreConformance(suite, swallowing(true)))
  expect(lost).toContain('get returns what put wrote, also through another instance, the longest too')
  expect(lost).toContain('concurrent writes of other names do not disturb each other')
})
