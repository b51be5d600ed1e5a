import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { fromEnv, type SettingsSource } from '@corbel/core'
import { CliError } from './cli-error.ts'

/**
 * The environment and, for what it lacks, the env files, later ones first.
 *
 * @param files - Absolute; a missing one is an error. Undefined: `.env` in `folder`, when it is there.
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  files: readonly string[] | undefined,
  folder: string,
): SettingsSource {
  const own = join(folder, '.env')
  const paths = files ?? (existsSync(own) ? [own] : [])
  return fromEnv(env, ...paths.toReversed().map(readEnvFile))
}

/** @throws CliError when the file cannot be read. */
export function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new CliError('usage', {
      code: 'env/unreadable',
      message: `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      fix: 'Name a file that is there and that you may read.',
      cause,
    })
  }
}
