import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { CliError } from '../run/cli-error.ts'
import { editEnv, type EnvEntry } from './edit-env.ts'
import { unwritable } from './env-value.ts'
import { privateMode, writeFileAtomically } from './write-file.ts'

/** What an edit would do to a file, or did. */
export interface EnvEdit {
  readonly path: string
  readonly before: string
  readonly after: string
}

/** @throws CliError when the file cannot be read, or a value cannot be written. */
export function planEnvEdit(path: string, entries: readonly EnvEntry[]): EnvEdit {
  for (const { name, value } of entries) {
    const reason = unwritable(value)
    if (reason !== null)
      throw new CliError('invalid', {
        code: 'env/unwritable-value',
        message: `The value of ${name} cannot be written to an env file.`,
        why: `${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
        fix: 'Choose another value; for a secret: openssl rand -base64 32',
      })
  }
  const before = existsSync(path) ? readText(path) : ''
  return { path, before, after: editEnv(before, entries) }
}

/** Writes what was planned, for the owner alone. Returns whether anything changed. @throws CliError */
export function applyEnvEdit({ path, before, after }: EnvEdit): boolean {
  const exists = existsSync(path)
  if (exists && readText(path) !== before)
    throw new CliError('conflict', {
      code: 'env/changed-meanwhile',
      message: `${path} was changed by somebody else meanwhile.`,
      fix: 'Look at the file, then run the command again. Nothing was written.',
    })
  try {
    if (before !== after) writeFileAtomically(path, after)
    else if (exists && (statSync(path).mode & 0o777) !== privateMode) chmodSync(path, privateMode)
    return before !== after
  } catch (cause) {
    throw new CliError('failed', {
      code: 'env/not-written',
      message: `${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      fix: 'Check the rights of its folder and the space on its disk. The file is as it was.',
      cause,
    })
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CliError('usage', {
      code: 'env/unreadable',
      message: `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      fix: 'Name a file that is there and that you may read.',
      cause,
    })
  }
}
