import { spawn } from 'node:child_process'
import type { EvidenceCheck } from '../config.ts'
import type { CliProcess } from '../run/cli-context.ts'
import type { CheckOutcome } from './evidence.ts'
import { sha256 } from './signature.ts'

/** Runs a command to its end. One that cannot be started has failed with 127, as in a shell. */
export function runCheck(
  { name, command }: EvidenceCheck,
  cwd: string,
  { env, signal }: CliProcess,
): Promise<{ readonly outcome: CheckOutcome; readonly output: string }> {
  const [file, ...args] = command
  const started = performance.now()
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const end = (exitCode: number): void => {
      const output = Buffer.concat(chunks).toString()
      const milliseconds = Math.round(performance.now() - started)
      resolve({ output, outcome: { name, command, exitCode, milliseconds, outputSha256: sha256(output) } })
    }
    const child = spawn(file, args, { cwd, env: { ...env }, signal, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', () => end(127))
    child.on('close', (code) => end(code ?? 1))
  })
}
