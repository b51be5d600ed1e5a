import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { runProgram } from '../run/run-program.ts'

export type ComposeFlags = { readonly file: string }

const verbs = {
  up: ['up', '--detach', '--wait'],
  down: ['down'],
  ps: ['ps'],
  logs: ['logs', '--tail', '200'],
} as const

/** Hands a verb to Docker Compose with the file that "infra compose write" made. */
export const driving =
  (verb: keyof typeof verbs): Action<ComposeFlags> =>
  async ({ resolve, process: host }, { file }) => {
    const path = resolve(file)
    if (!existsSync(path))
      throw new CliError('usage', {
        code: 'infra/no-file',
        message: `There is no ${path}.`,
        fix: 'Make it first, or name it with --file.',
        next: 'corbel infra compose write',
      })
    const env = join(dirname(path), 'compose.env')
    await runProgram(host, {
      program: 'docker',
      args: ['compose', '--file', path, '--env-file', env, ...verbs[verb]],
      cwd: dirname(path),
      env: host.env,
      install: 'Install Docker with its Compose plugin: https://docs.docker.com/engine/install',
    })
    return { data: { verb, file: path }, text: '' }
  }
