import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { once } from 'node:events'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'

/** Runs a program with the env files below the environment. Its exit code is the exit code. */
export const action: Action<Readonly<Record<never, never>>, string[]> = async (
  { settings, process: host },
  _flags,
  program = '',
  ...args
) => {
  const source = await settings()
  const files = Object.fromEntries(source.names.map((name) => [name, source.get(name)]))
  const child = spawn(program, args, { stdio: 'inherit', env: { ...files, ...host.env }, cwd: host.cwd() })
  // In a terminal the child gets the signal itself; from elsewhere only this process does.
  const forward = (): void => void child.kill(host.signal.reason as NodeJS.Signals)
  host.signal.addEventListener('abort', forward)
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    if (code === 0) return { data: { program, exitCode: 0 }, text: '' }
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
    throw new CliError('failed', {
      code: 'env/program-failed',
      message: `${program} ended with ${code ?? signal}.`,
      fix: 'See what it printed.',
      exitCode,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new CliError('usage', {
      code: 'env/no-program',
      message: `There is no program "${program}".`,
      fix: 'Name one that is on the PATH: corbel env run -- node server.js',
    })
  } finally {
    host.signal.removeEventListener('abort', forward)
  }
}
