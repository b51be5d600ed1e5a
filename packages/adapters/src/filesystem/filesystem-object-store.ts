import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  checkContentType,
  checkKey,
  checkPrefix,
  type ObjectInfo,
  type ObjectStore,
  ObjectStoreErrors,
  pageOfObjects,
} from '@corbel/core/ports'
import { onDisk } from '../disk-errors.ts'
import {
  findFolder,
  folderPart,
  isMissing,
  makeFolder,
  metadataOf,
  partOf,
  syncFolder,
  toPath,
} from './object-path.ts'

export interface FilesystemObjectStoreOptions {
  /** Made when missing, readable by its owner only. Use it for nothing else, and from one process at a time. */
  readonly folder: string
}

type Metadata = Omit<ObjectInfo, 'key'> & { readonly file: string }
type Bytes = Uint8Array<ArrayBuffer>

// O_NOFOLLOW: a symbolic link may lead out of the store.
const forReading = constants.O_RDONLY | constants.O_NOFOLLOW
const forCreating = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/**
 * Objects as files. Bytes go to a file of their own, flushed; then its description takes its place in one rename, and what
 * it replaces is removed. A crash in between leaves a file that nothing names.
 *
 * @throws `port/unavailable` from `put` and `delete` when the disk is full, read-only or broken.
 */
export function filesystemObjectStore({ folder: root }: FilesystemObjectStoreOptions): ObjectStore {
  const replace = async (folder: string, base: string, written: Metadata, isNew: boolean): Promise<void> => {
    const place = join(folder, metadataOf(base))
    const temporary = join(folder, `${base}~${randomUUID()}`)
    let isPlaced = false
    try {
      await write(temporary, Readable.from([Buffer.from(JSON.stringify(written))]))
      const earlier = isNew ? null : await readMetadata(folder, base)
      // A link, other than a rename, fails when the name is taken.
      await (isNew ? link(temporary, place) : rename(temporary, place))
      isPlaced = true
      await syncFolder(folder)
      if (earlier) await rm(join(folder, earlier.file), { force: true })
    } catch (error) {
      if (!isPlaced) await rm(join(folder, written.file), { force: true })
      throw isNew && Object(error).code === 'EEXIST' ? ObjectStoreErrors.exists() : error
    } finally {
      await rm(temporary, { force: true })
    }
  }

  const inTurn = turns()

  return {
    adapter: { name: 'filesystem' },
    put: async (key, body, { contentType, ifNoneMatch }) => {
      checkKey(key)
      checkContentType(contentType)
      const { folders, base } = toPath(key)
      const folder = await onDisk(() => makeFolder(root, folders))
      const file = `${base}~${randomUUID()}`
      const { size, etag } = await write(
        join(folder, file),
        body instanceof Uint8Array ? Readable.from([body]) : body,
      )
      const written = { size, contentType, etag, file }
      await onDisk(() => inTurn(key, () => replace(folder, base, written, ifNoneMatch === '*')))
      return { key, size, contentType, etag }
    },
    get: async (key) => {
      checkKey(key)
      const { folders, base } = toPath(key)
      const folder = await findFolder(root, folders)
      if (folder === null) return null
      for (;;) {
        const found = await readMetadata(folder, base)
        if (found === null) return null
        try {
          const handle = await open(join(folder, found.file), forReading)
          const { file: _, ...info } = found
          const body = Readable.toWeb(handle.createReadStream()) as unknown as ReadableStream<Bytes>
          return { key, ...info, body }
        } catch (error) {
          // Replaced or deleted since its description was read.
          if (!isMissing(error) || (await readMetadata(folder, base))?.file === found.file) throw error
        }
      }
    },
    head: async (key) => {
      checkKey(key)
      const { folders, base } = toPath(key)
      const folder = await findFolder(root, folders)
      const found = folder === null ? null : await readMetadata(folder, base)
      if (found === null) return null
      const { file: _, ...info } = found
      return { key, ...info }
    },
    delete: async (key) => {
      checkKey(key)
      const { folders, base } = toPath(key)
      const folder = await findFolder(root, folders)
      if (folder === null) return
      await onDisk(() =>
        inTurn(key, async () => {
          const found = await readMetadata(folder, base)
          if (found === null) return
          await rm(join(folder, metadataOf(base)))
          await syncFolder(folder)
          await rm(join(folder, found.file), { force: true })
        }),
      )
    },
    list: async (prefix, page) => {
      checkPrefix(prefix)
      const parents = prefix.split('/').slice(0, -1)
      const folders = toPath([...parents, 'any'].join('/')).folders
      const folder = await findFolder(root, folders)
      const found: Pick<ObjectInfo, 'key' | 'size'>[] = []
      if (folder !== null) await collect(folder, parents.map((part) => `${part}/`).join(''), found)
      return pageOfObjects(found, prefix, page)
    },
    check: async () => {
      await mkdir(root, { recursive: true, mode: 0o700 })
      await access(root, constants.R_OK | constants.W_OK)
    },
  }
}

/** Runs what concerns one key one after the other. */
function turns(): (key: string, work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>()
  return async (key, work) => {
    const run = (last.get(key) ?? Promise.resolve()).then(work)
    const settled = run.catch(() => {})
    last.set(key, settled)
    try {
      await run
    } finally {
      if (last.get(key) === settled) last.delete(key)
    }
  }
}

async function readMetadata(folder: string, base: string): Promise<Metadata | null> {
  try {
    const handle = await open(join(folder, metadataOf(base)), forReading)
    try {
      return JSON.parse(await handle.readFile('utf8')) as Metadata
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Writes a new file, flushed to the disk; leaves nothing when the body fails. */
async function write(
  path: string,
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly size: number; readonly etag: string }> {
  const handle = await onDisk(() => open(path, forCreating, 0o600))
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const chunk of body) {
      hash.update(chunk)
      size += chunk.byteLength
      await onDisk(() => handle.writeFile(chunk))
    }
    await onDisk(() => handle.sync())
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  return { size, etag: hash.digest('hex') }
}

async function collect(
  folder: string,
  prefix: string,
  found: Pick<ObjectInfo, 'key' | 'size'>[],
): Promise<void> {
  let entries
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  for (const entry of entries) {
    if (entry.isDirectory())
      await collect(join(folder, entry.name), `${prefix}${folderPart(entry.name)}/`, found)
    const part = entry.isFile() ? partOf(entry.name) : null
    const described = part === null ? null : await readMetadata(folder, entry.name.slice(0, -'~meta'.length))
    if (described) found.push({ key: `${prefix}${part}`, size: described.size })
  }
}
