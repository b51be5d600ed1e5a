import { execFileSync } from 'node:child_process'

/** The commit of the repository that a folder is in; null outside of one. */
export function commitOf(cwd: string): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}
