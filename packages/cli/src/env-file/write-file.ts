import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** For files with secrets: nobody else may read them. */
export const privateMode = 0o600

/**
 * Puts a file in place whole or not at all, also through a power failure. A link is followed, so that what it points to is replaced and
 * not the link. Its folder is made.
 */
export function writeFileAtomically(path: string, text: string, mode = privateMode): void {
  const target = resolved(path)
  mkdirSync(dirname(target), { recursive: true })
  const draft = join(dirname(target), `${draftPrefix(target)}${randomUUID()}`)
  const file = openSync(draft, 'wx', mode)
  try {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fsyncSync(file)
    closeSync(file)
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

const draftPrefix = (target: string): string => `.${basename(target)}.draft-`

/** What writers left that were killed. */
export function draftsOf(path: string): readonly string[] {
  const target = resolved(path)
  const folder = dirname(target)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.startsWith(draftPrefix(target)))
    .map((name) => join(folder, name))
}

/** Removes them. To be called while nobody else writes the file. */
export function removeDrafts(path: string): void {
  for (const draft of draftsOf(path)) rmSync(draft, { force: true })
}

function resolved(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
