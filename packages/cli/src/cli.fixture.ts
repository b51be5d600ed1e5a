import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { main } from './main.ts'
import type { CliProcess } from './run/cli-context.ts'

/** A small stack whose commands leave a trace in the folder FIXTURE_DIR. */
export const stackFixture = fileURLToPath(new URL('stack.fixture.ts', import.meta.url))

export interface CliRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliSetup {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly signal?: AbortSignal
  readonly config?: string | null
  /** Told what was printed so far, after each piece. */
  readonly onOutput?: (stdout: string) => void
}

const collector = (onText: (text: string) => void = () => {}) => {
  const stream = new PassThrough()
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    onText(Buffer.concat(chunks).toString())
  })
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => Buffer.concat(chunks).toString() }
}

/** Runs the program in this process, without a terminal. */
export async function runCli(argv: readonly string[], setup: CliSetup = {}): Promise<CliRun> {
  const { env = {}, cwd = '/', signal = new AbortController().signal, config = stackFixture } = setup
  const [stdout, stderr] = [collector(setup.onOutput), collector()]
  const host: CliProcess = {
    stdin: new PassThrough().end() as unknown as NodeJS.ReadStream,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd: () => cwd,
    signal,
  }
  const code = await main(config === null ? argv : [...argv, '--config', config], host)
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}
