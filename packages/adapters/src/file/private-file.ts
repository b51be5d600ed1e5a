import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const fileMode = 0o600
const folderMode = 0o700

/** Windows has no such modes and refuses to open folders. */
const posix = process.platform !== 'win32'

/**
 * The text of a file that only its owner may read; null when there is none.
 *
 * @throws Error when others may read or write it.
 */
export async function readPrivateFile(path: string): Promise<string | null> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
  try {
    const { mode } = await file.stat()
    if (posix && (mode & 0o077) !== 0) {
      throw new Error(
        `${path} has mode ${(mode & 0o777).toString(8)}, so others on this machine can reach it. Run: chmod 600 ${path}`,
      )
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Writes a file that must not exist yet, through to the disk; false when it exists. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: folderMode })
  let file: FileHandle
  try {
    file = await open(path, 'wx', fileMode)
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
  try {
    // The mode given to open is cut by the umask.
    await file.chmod(fileMode)
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return true
}

/** Puts `from` in the place of `to`, whole or not at all, and through to the disk. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await rename(from, to)
  if (!posix) return
  const folder = await open(dirname(to), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** When the file was last written; null when there is none. */
export async function writtenAt(path: string): Promise<Date | null> {
  try {
    return (await stat(path)).mtime
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
