import type { Action } from '../run/command.ts'
import { runProgram } from '../run/run-program.ts'
import { storedSecrets, withSecrets } from '../secrets/with-secrets.ts'

export type EnvRunFlags = { readonly secrets: boolean }

/** Runs a program with the env files, and with --secrets the secret store, below the environment. Its exit code is the exit code. */
export const action: Action<EnvRunFlags, string[]> = async (
  invocation,
  { secrets },
  program = '',
  ...args
) => {
  const { settings, process: host } = invocation
  const source = await settings()
  const stored = secrets ? [...(await withSecrets(invocation, storedSecrets))] : []
  const env = {
    ...Object.fromEntries(stored.map(([name, { value }]) => [name, value.reveal()])),
    ...Object.fromEntries(source.names.map((name) => [name, source.get(name)])),
    ...host.env,
  }
  await runProgram(host, {
    program,
    args,
    cwd: host.cwd(),
    env,
    install: 'Name one that is on the PATH: corbel env run -- node server.js',
  })
  return { data: { program, exitCode: 0 }, text: '' }
}
