import type { OpenStream, OpenStreams } from '../http/open-streams.ts'
import type { Readiness } from './health.ts'

export interface Step {
  readonly name: string
  run(): Promise<unknown>
}

export type StepReport = (step: { readonly name: string; readonly durationMs: number }) => void

/** A step of the start failed. The cause says why; nothing that started before it is left running. */
export class StartFailed extends Error {
  readonly step: string

  constructor(step: string, cause: unknown) {
    super(`The start failed at "${step}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
    this.name = 'StartFailed'
    this.step = step
  }
}

type Phase = 'created' | 'starting' | 'running' | 'draining' | 'stopping' | 'stopped'

/** Starts in steps, counts requests under way, and stops when they are done. */
export class Lifecycle {
  #phase: Phase = 'created'
  #underWay = 0
  #idle: (() => void) | undefined
  readonly #streams = new Set<OpenStream>()
  #streamsEnd = false

  get status(): Exclude<Readiness['status'], 'unavailable'> {
    if (this.#phase === 'running') return 'ready'
    return this.#phase === 'created' || this.#phase === 'starting' ? 'starting' : 'stopping'
  }

  get accepting(): boolean {
    return this.#phase !== 'stopping' && this.#phase !== 'stopped'
  }

  async start(steps: readonly Step[], report?: StepReport): Promise<void> {
    if (this.#phase !== 'created')
      throw new Error('A stack is started once. Make another one with createStack.')
    this.#phase = 'starting'
    for (const { name, run } of steps) {
      const started = performance.now()
      try {
        await run()
      } catch (cause) {
        this.#phase = 'stopped'
        throw new StartFailed(name, cause)
      }
      report?.({ name, durationMs: performance.now() - started })
    }
    this.#phase = 'running'
  }

  /** Turns readiness off and nothing else. */
  drain(): void {
    if (this.#phase === 'running') this.#phase = 'draining'
  }

  /** The event streams that are open. */
  readonly streams: OpenStreams = {
    add: (stream) => {
      if (this.#streamsEnd) stream.end()
      else this.#streams.add(stream)
    },
    delete: (stream) => this.#streams.delete(stream),
  }

  /** Ends every stream, and each that comes later. */
  endStreams(): void {
    this.#streamsEnd = true
    for (const stream of this.#streams) stream.end()
  }

  /** Counts a request until the function that it returns is called. */
  enter(): () => void {
    this.#underWay++
    return () => {
      this.#underWay--
      if (this.#underWay === 0) this.#idle?.()
    }
  }

  /**
   * Turns readiness off, ends streams, waits for the requests under way, at most `limitMs`, then runs the steps. A failing step does not
   * keep the others from running.
   */
  async stop(steps: readonly Step[], limitMs: number): Promise<void> {
    if (!this.accepting) return
    this.#phase = 'stopping'
    this.endStreams()
    if (this.#underWay > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limitMs)
      })
      await Promise.race([limit, new Promise<void>((resolve) => (this.#idle = resolve))])
      clearTimeout(timer)
    }
    const failures: unknown[] = []
    for (const { run } of steps) await run().catch((error: unknown) => failures.push(error))
    this.#phase = 'stopped'
    if (failures.length > 0)
      throw new AggregateError(failures, 'The stack stopped, but not everything could be closed.')
  }
}
