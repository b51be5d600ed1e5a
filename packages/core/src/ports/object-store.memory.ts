import type { PageRequest } from '../kernel/page.ts'
import { checkContentType, checkKey, checkPrefix } from './object-key.ts'
import { type ObjectInfo, type ObjectPage, type ObjectStore, ObjectStoreErrors } from './object-store.ts'

interface Entry {
  readonly info: ObjectInfo
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Objects that end with the process, for tests. */
export function memoryObjectStore(): ObjectStore {
  const objects = new Map<string, Entry>()
  return {
    adapter: {
      name: 'memory',
      standIn: { setting: 'CORBEL_DATA_DIR', fix: 'Use an object store that outlives the process.' },
    },
    put: async (key, body, { contentType, ifNoneMatch }) => {
      checkKey(key)
      checkContentType(contentType)
      const bytes = new Uint8Array(await new Response(body).arrayBuffer())
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      if (ifNoneMatch === '*' && objects.has(key)) throw ObjectStoreErrors.exists()
      const info = { key, size: bytes.byteLength, contentType, etag: hex(digest) }
      objects.set(key, { info, bytes })
      return info
    },
    get: async (key) => {
      checkKey(key)
      const entry = objects.get(key)
      return entry ? { ...entry.info, body: ReadableStream.from([new Uint8Array(entry.bytes)]) } : null
    },
    head: async (key) => {
      checkKey(key)
      return objects.get(key)?.info ?? null
    },
    delete: async (key) => {
      checkKey(key)
      objects.delete(key)
    },
    list: async (prefix, page) => {
      checkPrefix(prefix)
      return pageOfObjects(
        [...objects.values()].map(({ info }) => info),
        prefix,
        page,
      )
    },
    check: async () => {},
  }
}

/** The page of a list that is at hand as a whole. */
export function pageOfObjects(
  objects: readonly Pick<ObjectInfo, 'key' | 'size'>[],
  prefix: string,
  { limit, after }: PageRequest,
): ObjectPage {
  const rest = objects
    .filter(({ key }) => key.startsWith(prefix) && (after === null || key > after))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const data = rest.slice(0, limit).map(({ key, size }) => ({ key, size }))
  return { data, next: rest.length > limit ? (data.at(-1)?.key ?? null) : null }
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
