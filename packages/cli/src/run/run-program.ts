import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { CliProcess } from './cli-context.ts'
import { CliError } from './cli-error.ts'

export interface ProgramRun {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** What to say when it is not there. */
  readonly install: string
}

/** Runs a program on the streams of this one, hands it the signals, and resolves when it has ended with 0. @throws CliError */
export async function runProgram(host: CliProcess, run: ProgramRun): Promise<void> {
  const { program, args, cwd, env, install } = run
  const child = spawn(program, args, { stdio: 'inherit', env: { ...env }, cwd })
  // In a terminal the child gets the signal itself; from elsewhere only this process does.
  const forward = (): void => void child.kill(host.signal.reason as NodeJS.Signals)
  host.signal.addEventListener('abort', forward)
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    if (code === 0) return
    throw new CliError('failed', {
      code: 'program/failed',
      message: `${program} ended with ${code ?? signal}.`,
      fix: 'See what it printed.',
      exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new CliError('usage', {
      code: 'program/absent',
      message: `There is no program "${program}".`,
      fix: install,
    })
  } finally {
    host.signal.removeEventListener('abort', forward)
  }
}
