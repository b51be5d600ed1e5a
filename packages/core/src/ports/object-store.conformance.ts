import type { ObjectPage, ObjectStore } from './object-store.ts'
import { race, racers, type Suite, winners } from './suite.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const textOf = async (store: ObjectStore, key: string): Promise<string | null> => {
  const object = await store.get(key)
  return object && new Response(object.body).text()
}

const plain = { contentType: 'text/plain' }
const long = `${'k'.repeat(100)}/`.repeat(5).slice(0, 504)

const invalidKeys = [
  '', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/..', './a', 'a/./b', '.hidden', 'a/.hidden', 'a\\b', '..\\a', 'C:\\a', 'C:/a',
  'a\0', 'a\0/../b', 'a\n', 'a b', 'a%2f..%2fb', '%2e%2e/a', 'ž', 'a?b', 'a#b', 'a*b', 'a~b', 'a^b', 'k'.repeat(101), `${long}/${'k'.repeat(10)}`,
] // prettier-ignore

export interface ObjectStoreTraits {
  /** Whether it has `signedUrl`. @default false */
  readonly signs?: boolean
}

/** The law of {@link ObjectStore}. `fresh` gives an empty store for each test. */
export function objectStoreConformance(
  { test, skip, expect }: Suite,
  fresh: () => Promise<ObjectStore>,
  { signs = false }: ObjectStoreTraits = {},
): void {
  test('get and head return what put wrote, and null for what is not there', async () => {
    const store = await fresh()
    const contentType = 'text/plain; charset=utf-8'
    const info = await store.put('a/b.txt', bytes('žluť'), { contentType })
    expect(info).toMatchObject({ key: 'a/b.txt', size: 6, contentType })
    expect(await store.head('a/b.txt')).toEqual(info)
    expect(await store.get('a/b.txt')).toMatchObject(info)
    expect(await textOf(store, 'a/b.txt')).toBe('žluť')
    expect([await store.get('a'), await store.head('a/b'), await store.get('a/b.txt/c')]).toEqual([
      null,
      null,
      null,
    ])
  })

  test('a stream is stored like bytes, empty and large', async () => {
    const store = await fresh()
    const chunk = new Uint8Array(65_536).fill(7)
    for (const chunks of [0, 1, 64]) {
      const body = ReadableStream.from(Array.from({ length: chunks }, () => chunk))
      const { size, etag } = await store.put('large', body, plain)
      const object = await store.get('large')
      const read = new Uint8Array(await new Response(object?.body ?? null).arrayBuffer())
      expect([size, object?.size, read.byteLength]).toEqual(Array.from({ length: 3 }, () => chunks * 65_536))
      expect(read.every((byte) => byte === 7)).toBe(true)
      expect(object?.etag).toBe(etag)
    }
  })

  test('put replaces bytes and content type, and the etag is another one for other bytes', async () => {
    const store = await fresh()
    const first = await store.put('a', bytes('one'), plain)
    const second = await store.put('a', bytes('two'), { contentType: 'text/html' })
    expect(second.etag).not.toBe(first.etag)
    expect(await store.head('a')).toEqual(second)
    expect(await textOf(store, 'a')).toBe('two')
  })

  test('a body already handed out stays what it was', async () => {
    const store = await fresh()
    const before = 'x'.repeat(1_000_000)
    await store.put('a', bytes(before), plain)
    const replaced = await store.get('a')
    await store.put('a', bytes('new'), plain)
    expect(await new Response(replaced?.body ?? null).text()).toBe(before)
    const deleted = await store.get('a')
    await store.delete('a')
    expect(await new Response(deleted?.body ?? null).text()).toBe('new')
  })

  test('when the body fails, what was there stays, and put rejects with its error', async () => {
    const store = await fresh()
    async function* failing() {
      yield bytes('half')
      throw new Error('the upload broke off')
    }
    await expect(store.put('a', ReadableStream.from(failing()), plain)).rejects.toThrow('broke off')
    expect(await store.head('a')).toBe(null)
    await store.put('a', bytes('whole'), plain)
    await expect(store.put('a', ReadableStream.from(failing()), plain)).rejects.toThrow('broke off')
    expect(await textOf(store, 'a')).toBe('whole')
    expect((await store.list('', { limit: 10, after: null })).data).toEqual([{ key: 'a', size: 5 }])
  })

  test('ifNoneMatch throws object-store/exists when there is one, and leaves it', async () => {
    const store = await fresh()
    await store.put('a', bytes('one'), { ...plain, ifNoneMatch: '*' })
    const again = store.put('a', bytes('two'), { ...plain, ifNoneMatch: '*' })
    await expect(again).rejects.toMatchObject({ code: 'object-store/exists' })
    expect(await textOf(store, 'a')).toBe('one')
    await store.delete('a')
    await store.put('a', bytes('two'), { ...plain, ifNoneMatch: '*' })
    expect(await textOf(store, 'a')).toBe('two')
  })

  test('of concurrent callers with ifNoneMatch one wins', async () => {
    const store = await fresh()
    const results = await race((racer) => store.put('a', bytes(`${racer}`), { ...plain, ifNoneMatch: '*' }))
    const [winner, ...others] = winners(results)
    expect(others).toHaveLength(0)
    expect(await store.head('a')).toEqual(winner)
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(codes).toEqual(Array.from({ length: racers - 1 }, () => 'object-store/exists'))
  })

  test('of concurrent writers one stays, whole, and readers see each object whole', async () => {
    const store = await fresh()
    const body = (racer: number): string => `${racer},`.repeat(20_000 + racer)
    await store.put('a', bytes(body(0)), { contentType: 'x/0' })
    const seen = winners(
      await race(async (racer) => {
        if (racer % 2 === 0) return store.put('a', bytes(body(racer)), { contentType: `x/${racer}` })
        const object = await store.get('a')
        const text = await new Response(object?.body ?? null).text()
        expect(text).toBe(body(Number(object?.contentType.slice(2))))
        return object
      }),
    )
    expect(seen).toHaveLength(racers)
    const last = await store.head('a')
    expect(await textOf(store, 'a')).toBe(body(Number(last?.contentType.slice(2))))
  })

  test('delete removes, once and again', async () => {
    const store = await fresh()
    await store.put('a/b', bytes('x'), plain)
    await store.delete('a/b')
    await store.delete('a/b')
    await store.delete('never/there')
    expect(await store.get('a/b')).toBe(null)
    expect(await store.list('', { limit: 10, after: null })).toEqual({ data: [], next: null })
  })

  test('keys that differ are different objects', async () => {
    const store = await fresh()
    const keys = [
      'a',
      'A',
      'a/b',
      'a/B',
      'a.b',
      'a=b',
      'a@b',
      'a+b',
      'a_b',
      'a-b',
      'ab',
      'a/b/c',
      long,
      'data',
      'meta',
      'a/data',
    ]
    for (const key of keys) await store.put(key, bytes(key), plain)
    for (const key of keys) expect(await textOf(store, key)).toBe(key)
    const { data } = await store.list('', { limit: 100, after: null })
    expect(data.map(({ key }) => key)).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)))
  })

  test('list gives the keys of a prefix in order, page by page', async () => {
    const store = await fresh()
    const keys = ['a/1', 'a/10', 'a/2', 'a/Z', 'a/b/1', 'a/b/2', 'a1', 'ab', 'b/1']
    for (const key of keys.toReversed()) await store.put(key, bytes(key), plain)
    const all = async (prefix: string, limit: number): Promise<readonly string[]> => {
      const found: string[] = []
      let page: ObjectPage = { data: [], next: null }
      do {
        page = await store.list(prefix, { limit, after: page.next })
        expect(page.data.length).toBeLessThanOrEqual(limit)
        for (const { key, size } of page.data) {
          expect(size).toBe(key.length)
          found.push(key)
        }
        // Else a store that begins anew with every page never ends.
        expect(found.length).toBeLessThanOrEqual(keys.length)
      } while (page.next !== null)
      return found
    }
    for (const limit of [1, 2, 3, 9, 100]) {
      for (const prefix of ['', 'a', 'a/', 'a/1', 'a/b', 'a/b/', 'b', 'c', 'a/b/1/'])
        expect(await all(prefix, limit)).toEqual(keys.filter((key) => key.startsWith(prefix)))
    }
  })

  test('every method throws object-store/invalid-key for keys that are none', async () => {
    const store = await fresh()
    const code = { code: 'object-store/invalid-key' }
    for (const key of invalidKeys) {
      await expect(store.put(key, bytes('x'), plain)).rejects.toMatchObject(code)
      await expect(store.get(key)).rejects.toMatchObject(code)
      await expect(store.head(key)).rejects.toMatchObject(code)
      await expect(store.delete(key)).rejects.toMatchObject(code)
    }
    for (const prefix of ['/', '..', '../', 'a/../', 'a//', 'a\0', 'a\n', '.h', 'a/.', 'ž', '%2e', 'a\\']) {
      await expect(store.list(prefix, { limit: 10, after: null })).rejects.toMatchObject(code)
    }
    expect(await store.list('', { limit: 10, after: null })).toEqual({ data: [], next: null })
  })

  test('put throws object-store/invalid-content-type for what is none', async () => {
    const store = await fresh()
    for (const contentType of [
      '',
      'text',
      'text/',
      'a/b\r\nX: 1',
      'a/b\n',
      'a/b; ž',
      'a b/c',
      `a/${'b'.repeat(200)}`,
    ]) {
      const put = store.put('a', bytes('x'), { contentType })
      await expect(put).rejects.toMatchObject({ code: 'object-store/invalid-content-type' })
    }
    expect(await store.head('a')).toBe(null)
  })

  const signed = 'a signed address reads its object, saved under the name; changed in any part it reads none'
  if (!signs) return skip(signed, 'it is not reached by addresses')
  test(signed, async () => {
    const store = await fresh()
    await store.put('a/b', bytes('žluť'), plain)
    await store.put('a/c', bytes('other'), plain)
    const url = (await store.signedUrl?.('a/b', { seconds: 60, fileName: 'Žofie "x"\r\n/../y.txt' })) ?? ''
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([200, 'žluť'])
    const saved = answer.headers.get('content-disposition') ?? ''
    expect([saved.startsWith('attachment; '), saved.includes('/')]).toEqual([true, false])
    const signature = /signature=/i
    for (const changed of [
      url.replace('a/b', 'a/c'),
      url.replace(signature, '$&0'),
      url.replace(/expires=\d+/i, 'Expires=3600'),
      url.replace('x-id=', 'x-id=x'),
      `${url.split('?', 1)[0]}?`,
    ]) {
      if (changed === url) continue
      const refused = await fetch(changed)
      await refused.body?.cancel()
      expect([403, 400].includes(refused.status)).toBe(true)
    }
    await expect(store.signedUrl?.('../a', { seconds: 60, fileName: 'a' })).rejects.toMatchObject({
      code: 'object-store/invalid-key',
    })
  })
}
