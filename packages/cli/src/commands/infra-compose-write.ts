import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { applyEnvEdit, planEnvEdit } from '../env-file/env-file.ts'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { composeFile, secretsOf, type Service } from '../infra/compose-file.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { readEnvFile } from '../run/read-settings.ts'

export type ComposeWriteFlags = {
  readonly file: string
  readonly with?: readonly Service[]
  readonly force: boolean
}

/** Writes the Compose file and, beside it, passwords that are made once. Run again it changes nothing. */
export const action: Action<ComposeWriteFlags> = async ({ resolve }, { file, with: more = [], force }) => {
  const wanted: readonly Service[] = ['postgres', 'redis', ...more]
  const path = resolve(file)
  const text = composeFile(wanted)
  const present = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (present !== null && present !== text && !force) throw someoneElses(file)
  const envPath = join(dirname(path), 'compose.env')
  const known = existsSync(envPath) ? readEnvFile(envPath) : parseEnv('')
  const made = secretsOf(wanted)
    .filter((name) => known[name] === undefined)
    .map((name) => ({ name, value: randomBytes(24).toString('base64url') }))
  const changed = applyEnvEdit(planEnvEdit(envPath, made))
  if (present !== text) writeFileAtomically(path, text, 0o644)
  return {
    data: { file: path, env: envPath, services: wanted, changed: changed || present !== text },
    text: `${path}\n${envPath}`,
    next: [{ command: 'corbel infra compose up', when: 'they are to run' }],
  }
}

const someoneElses = (file: string): CliError =>
  new CliError('conflict', {
    code: 'infra/file-there',
    message: `${file} is there and is another one; it was left as it is.`,
    fix: 'Name another file with --file, or have it replaced with --force.',
  })
