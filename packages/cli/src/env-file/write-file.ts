import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** For files with secrets: nobody else may read them. */
export const privateMode = 0o600

/**
 * Puts a file in place whole or not at all, also through a power failure. A link is followed, so that what it points to is replaced and
 * not the link.
 */
export function writeFileAtomically(path: string, text: string, mode = privateMode): void {
  const target = resolved(path)
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID()}`)
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

function resolved(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
