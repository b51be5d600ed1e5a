import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HostError } from './host-error.ts'

/**
 * Takes the data folder for this process until it ends, however it ends. The embedded database serves one process; a second
 * one would destroy it.
 *
 * The lock is SQLite's, for it is the only lock of the operating system that Node reaches: the kernel drops it with the
 * process, so a kill -9 leaves nothing behind to be judged stale.
 *
 * @returns a function that gives the folder back.
 * @throws HostError when another process has it.
 */
export function lockDataFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pidPath = join(folder, 'host.pid')
  const lock = new DatabaseSync(join(folder, 'host.lock'))
  try {
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    throw new HostError(
      `The data folder ${resolve(folder)} is in use by another process${owner(pidPath)}, and the embedded database serves only one. ` +
        'Stop that process, set CORBEL_DATA_DIR to another folder, or set DATABASE_URL to use Postgres.',
      { cause },
    )
  }
  writeFileSync(pidPath, `${process.pid}\n`)
  return () => lock.close()
}

function owner(pidPath: string): string {
  try {
    return ` (${readFileSync(pidPath, 'utf8').trim()})`
  } catch {
    return ''
  }
}
