import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Where what is measured runs, and where load and database run. */
export const cores = { subject: 0, rest: 1 } as const

export const hasTaskset = succeeds('taskset', ['--version'])
export const hasWrk = succeeds('wrk', ['-h'])

/** Keeps a process, all its threads included, on one core. Without `taskset` or the right to do so it stays where it is. */
export function pin(pid: number | undefined, core: number): void {
  if (hasTaskset && pid !== undefined) succeeds('taskset', ['-a', '-c', '-p', String(core), String(pid)])
}

/** A program of this folder in a process of its own that answers over IPC. */
export async function startWorker(script: string, core: number, ...args: readonly string[]): Promise<Worker> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    execArgv: ['--conditions=@corbel/source', '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  pin(child.pid, core)
  const worker = new Worker(child)
  worker.greeting = await worker.answer()
  return worker
}

/** One question at a time. */
export class Worker {
  readonly #child: ChildProcess
  /** What it said when it was ready. */
  greeting: unknown

  constructor(child: ChildProcess) {
    this.#child = child
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  ask<T>(question: unknown): Promise<T> {
    const answered = this.answer<T>()
    this.#child.send(question as never)
    return answered
  }

  async answer<T>(): Promise<T> {
    const ended = new AbortController()
    const over = once(this.#child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`A benchmark process ended with ${String(code)}.`)
    })
    const [answer] = await Promise.race([once(this.#child, 'message'), over])
    ended.abort()
    over.catch(() => {})
    return answer as T
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }
}

/** The other end, in the process itself: says that it is ready and answers. */
export function serveWorker(ready: unknown, answer: (question: never) => Promise<unknown>): void {
  process.on('message', (question) => {
    void answer(question as never).then((value) => process.send?.(value ?? null))
  })
  process.on('disconnect', () => process.exit())
  process.send?.(ready)
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch (error) {
    // wrk answers -h with status 1.
    return (error as { readonly code?: unknown }).code !== 'ENOENT' && command === 'wrk'
  }
}
