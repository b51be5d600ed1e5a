import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from './host-error.ts'

const fileName = 'secrets.env'

// 256 bits.
const secretBytes = 32

// What production would ask for; a shorter line was cut off by a power failure before anybody used it.
const leastLength = 32

/**
 * The secrets of these names from `<folder>/secrets.env`; what is not there is made and added to it, mode 0600. Of processes
 * that start at once all get the same: each appends in one write, and of several lines for a name the first counts.
 *
 * @throws HostError when the file is damaged.
 */
export function readLocalSecrets(folder: string, names: readonly string[]): Readonly<Record<string, string>> {
  if (names.length === 0) return {}
  const path = join(folder, fileName)
  const before = readSecrets(path)
  const missing = names.filter((name) => before[name] === undefined)
  if (missing.length === 0) return before
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  append(path, missing)
  return readSecrets(path)
}

function append(path: string, names: readonly string[]): void {
  const lines = names.map((name) => `${name}=${randomBytes(secretBytes).toString('base64url')}`)
  const file = openSync(path, 'a', 0o600)
  try {
    // The line break in front closes a line that was cut off.
    writeSync(
      file,
      `\n# Made by the reference host. Without these secrets nobody can sign in to what is stored here.\n${lines.join('\n')}\n`,
    )
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function readSecrets(path: string): Readonly<Record<string, string>> {
  if (!existsSync(path)) return {}
  const secrets: Record<string, string> = {}
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? []
    if (name === undefined || value === undefined) continue
    if (value.length < leastLength) {
      throw new HostError(
        `${path} has a damaged line for ${name}: it is shorter than ${leastLength} characters. Delete that line, or put the right secret there.`,
      )
    }
    secrets[name] ??= value
  }
  return secrets
}
