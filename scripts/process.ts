import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs a command to its end; ends this script with the command's exit code when it fails.
 * `quiet` shows the command's output only when it fails.
 */
export function run(command: string, args: readonly string[], cwd = root, quiet = false): void {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : 'inherit',
  })
  if (status === 0) return
  if (quiet) console.error(stdout + stderr)
  console.error(
    `\n${[command, ...args].join(' ')} failed in ${cwd}: ${error?.message ?? signal ?? `exit code ${status}`}`,
  )
  process.exit(status ?? 1)
}

/** A tool of the workspace: its shim in node_modules/.bin, which starts it with the workspace's own Node. */
export const tool = (name: string): string => join(root, 'node_modules/.bin', name)

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface Workspace {
  readonly dir: string
  readonly manifest: Manifest
}

/** The packages of one folder of the workspace, in alphabetical order. */
export function workspaces(folder: 'packages' | 'examples'): readonly Workspace[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder))
    .toSorted()
    .map((name) => join(root, folder, name))
    .filter((dir) => existsSync(join(dir, 'package.json')))
    .map((dir) => ({
      dir,
      manifest: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Manifest,
    }))
}

export const published = (): readonly Workspace[] =>
  workspaces('packages').filter(({ manifest }) => manifest.private !== true)
