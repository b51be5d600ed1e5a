import { lstat, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'

// Keys hold neither `^` nor `~`. Some file systems take `a` and `A` for one name, and none has a file and a folder `a`.
const toName = (part: string): string => part.replaceAll(/[A-Z]/g, (letter) => `^${letter.toLowerCase()}`)
const fromName = (name: string): string =>
  name.replaceAll(/\^([a-z])/g, (_, letter: string) => letter.toUpperCase())

const metadata = '~meta'

/** Where an object lies: `folder/base~meta` describes it and names the file with its bytes, `folder/base~<version>`. */
export interface ObjectPath {
  readonly folders: readonly string[]
  readonly base: string
}

export function toPath(key: string): ObjectPath {
  const parts = key.split('/').map(toName)
  return { folders: parts.slice(0, -1), base: parts.at(-1) ?? '' }
}

export const metadataOf = (base: string): string => `${base}${metadata}`

/** The part of a key that a metadata file stands for, or null for any other file. */
export const partOf = (name: string): string | null =>
  name.endsWith(metadata) ? fromName(name.slice(0, -metadata.length)) : null

export const folderPart = fromName

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

/** The folder's path; null when there is none. @throws Error when a symbolic link stands in the way: it may lead out of the store. */
export async function findFolder(root: string, folders: readonly string[]): Promise<string | null> {
  let path = root
  for (const name of folders) {
    path = join(path, name)
    try {
      await checkFolder(path)
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }
  return path
}

/** As {@link findFolder}, but makes what is missing, durably. */
export async function makeFolder(root: string, folders: readonly string[]): Promise<string> {
  let path = root
  await mkdir(root, { recursive: true, mode: 0o700 })
  for (const name of folders) {
    const parent = path
    path = join(path, name)
    try {
      await mkdir(path, { mode: 0o700 })
      await syncFolder(parent)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    await checkFolder(path)
  }
  return path
}

async function checkFolder(path: string): Promise<void> {
  const found = await lstat(path)
  if (!found.isDirectory())
    throw new Error(`${path} is not a folder. Remove it: the object store follows no links.`)
}

/** A rename or a new name outlives a power cut only when its folder is written as well. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
