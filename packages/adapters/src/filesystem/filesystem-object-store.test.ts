import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { objectStoreConformance } from '@corbel/core/ports'
import { afterEach, describe, expect, test } from 'vitest'
import { conforming } from '../../../../test/vitest-suite.ts'
import { filesystemObjectStore } from './filesystem-object-store.ts'

const made: string[] = []
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'corbel-objects-'))
  made.push(folder)
  return folder
}

const plain = { contentType: 'text/plain' }
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

describe('filesystem object store', () => {
  objectStoreConformance(conforming('object store', 'filesystem'), async () =>
    filesystemObjectStore({ folder: join(await temporaryFolder(), 'objects') }),
  )

  test('objects outlive the instance', async () => {
    const folder = await temporaryFolder()
    const info = await filesystemObjectStore({ folder }).put('a/b', bytes('x'), plain)
    expect(await filesystemObjectStore({ folder }).head('a/b')).toEqual(info)
  })

  test('a symbolic link in the store leads nowhere, for no method', async () => {
    const outside = await temporaryFolder()
    const folder = await temporaryFolder()
    const store = filesystemObjectStore({ folder })
    await filesystemObjectStore({ folder: outside }).put('secret', bytes('canary'), plain)
    const before = await readdir(outside)
    await symlink(outside, join(folder, 'link'))
    await symlink(join(outside, 'secret~meta'), join(folder, 'file~meta'))
    for (const key of ['link/secret', 'link/new', 'file']) {
      await expect(store.get(key)).rejects.toThrow(/follows no links|ELOOP/)
      await expect(store.head(key)).rejects.toThrow(/follows no links|ELOOP/)
      await expect(store.delete(key)).rejects.toThrow(/follows no links|ELOOP/)
    }
    await expect(store.put('link/new', bytes('x'), plain)).rejects.toThrow('follows no links')
    await expect(store.list('link/', { limit: 10, after: null })).rejects.toThrow('follows no links')
    expect(await store.list('', { limit: 10, after: null })).toEqual({ data: [], next: null })
    expect(await readdir(outside)).toEqual(before)
  })

  test('a link in place of the bytes is not followed', async () => {
    const folder = await temporaryFolder()
    const canary = join(await temporaryFolder(), 'canary')
    await writeFile(canary, 'canary')
    const store = filesystemObjectStore({ folder })
    await store.put('a', bytes('x'), plain)
    const { file } = JSON.parse(await readFile(join(folder, 'a~meta'), 'utf8'))
    await rm(join(folder, file))
    await symlink(canary, join(folder, file))
    await expect(store.get('a')).rejects.toThrow('ELOOP')
  })

  test('nothing is left behind by replacing, failing, racing and deleting', async () => {
    const folder = await temporaryFolder()
    const store = filesystemObjectStore({ folder })
    const put = (text: string, ifNoneMatch?: '*') =>
      store.put('a', bytes(text), { ...plain, ...(ifNoneMatch && { ifNoneMatch }) })
    await Promise.all(Array.from({ length: 20 }, (_, i) => put(`${i}`)))
    await expect(put('x', '*')).rejects.toThrow('already')
    expect(await readdir(folder)).toHaveLength(2)
    await store.delete('a')
    expect(await readdir(folder)).toHaveLength(0)
  })

  test('files are for their owner only', async () => {
    const folder = join(await temporaryFolder(), 'objects')
    await filesystemObjectStore({ folder }).put('a/b', bytes('x'), plain)
    const paths = [
      folder,
      join(folder, 'a'),
      ...(await readdir(join(folder, 'a'))).map((name) => join(folder, 'a', name)),
    ]
    expect(paths).toHaveLength(4)
    for (const path of paths) expect((await stat(path)).mode & 0o077).toBe(0)
  })
})
