import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A small file system of one's own, in memory. */
export interface Tmpfs {
  readonly path: string
  /** Takes every free byte. */
  fill(): void
  /** Gives them back. */
  free(): void
  close(): void
}

/** Mounts one at a path that need not exist; null where this may not be done, as for anybody but root. */
export function mountTmpfs(path: string, megabytes: number): Tmpfs | null {
  mkdirSync(path, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'corbel-faults', path])
  if (mounted.status !== 0) return null
  chmodSync(path, 0o755)
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      const file = openSync(ballast, 'a')
      const block = Buffer.alloc(4096)
      try {
        while (statfsSync(path).bavail > 0) writeSync(file, block)
      } catch {
        // ENOSPC: that was the last one.
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    close() {
      // Lazily: whoever has a file open there may be about to end.
      spawnSync('umount', ['-l', path])
    },
  }
}
