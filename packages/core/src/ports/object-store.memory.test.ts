import { describe, expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { objectStoreConformance } from './object-store.conformance.ts'
import { memoryObjectStore } from './object-store.memory.ts'
import { type ObjectStore, ObjectStoreErrors } from './object-store.ts'

describe('memoryObjectStore', () =>
  objectStoreConformance(conforming('object store', 'memory'), async () => memoryObjectStore()))

test('a store that looks before it writes, folds case and checks no prefix', async () => {
  const failures = await collectFailures((suite) =>
    objectStoreConformance(suite, async () => {
      const store = memoryObjectStore()
      const broken: ObjectStore = {
        ...store,
        put: async (key, body, options) => {
          if (options.ifNoneMatch && (await store.head(key.toLowerCase()))) throw ObjectStoreErrors.exists()
          return { ...(await store.put(key.toLowerCase(), body, { contentType: options.contentType })), key }
        },
        get: (key) => store.get(key.toLowerCase()),
        list: (prefix, page) => store.list(prefix.replace(/\W.*/, ''), page),
      }
      return broken
    }),
  )
  expect(failures).toContain('of concurrent callers with ifNoneMatch one wins')
  expect(failures).toContain('keys that differ are different objects')
  expect(failures).toContain('every method throws object-store/invalid-key for keys that are none')
})
