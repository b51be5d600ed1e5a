import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type Environment = Readonly<Record<string, string>>

/** What became of a process that ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A host in a process of its own, for checks and tests. */
export interface HostProcess {
  readonly url: string
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Ended>
}

const readyLine = /^Ready after .* on (\S+)$/m
const workingLine = /^Working after .* health on (\S+)\/health\/ready$/m

/** The last line of the greeting: the examples are for newcomers, and so for the profile `local`. */
const lastLine = ({ CORBEL_PROFILE: profile = 'local' }: Environment): RegExp =>
  profile === 'local' ? /-H "authorization: Bearer \$TOKEN"\n/ : /npm run operator .*\n/

/** Runs a script of this folder to its end. Of this process's environment it gets only the path. */
export async function runScript(
  script: string,
  env: Environment,
  ...args: readonly string[]
): Promise<Ended> {
  return start(script, env, args).ended
}

/** Starts the host on any free port and waits until it answers. */
export const spawnHost = (env: Environment): Promise<HostProcess> =>
  spawnProcess('main.ts', { PORT: '0', ...env }, (stdout) => {
    const [, url] = readyLine.exec(stdout) ?? []
    return lastLine(env).test(stdout) ? url : undefined
  })

/** Starts a worker apart on any free port and waits until it works; its URL answers probes only. */
export const spawnWorker = (env: Environment): Promise<HostProcess> =>
  spawnProcess('worker.ts', { WORKER_PORT: '0', ...env }, (stdout) => workingLine.exec(stdout)?.[1])

async function spawnProcess(
  script: string,
  env: Environment,
  urlIn: (stdout: string) => string | undefined,
): Promise<HostProcess> {
  const { child, output, ended } = start(script, env)
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const found = urlIn(output.stdout)
      if (found !== undefined) resolve(found)
    })
    void ended.then(({ code, stdout, stderr }) =>
      reject(new Error(`${script} ended with ${code} before it was ready.\n${stdout}\n${stderr}`)),
    )
  })
  return {
    url,
    child,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    end(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

function start(script: string, env: Environment, args: readonly string[] = []) {
  const child = spawn(
    process.execPath,
    ['--conditions=@corbel/source', fileURLToPath(new URL(script, import.meta.url)), ...args],
    { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const ended: Promise<Ended> = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    ...output,
  }))
  return { child, output, ended }
}
