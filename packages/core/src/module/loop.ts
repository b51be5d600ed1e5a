import { later } from './timer.ts'

/** Runs one thing over and over, never twice at once, with a pause that each run chooses. */
export class Loop {
  readonly #run: () => Promise<number>
  #cancel: (() => void) | undefined
  #running: Promise<void> | undefined
  #stopped = true
  #again = false

  /** @param run - Resolves with the milliseconds to wait before the next run. Must not reject. */
  constructor(run: () => Promise<number>) {
    this.#run = run
  }

  start(delayMs = 0): void {
    this.#stopped = false
    this.#schedule(delayMs)
  }

  /** Runs at once instead of after the pause; a run under way is followed by another. */
  wake(): void {
    if (this.#stopped) return
    if (this.#running) this.#again = true
    else this.#schedule(0)
  }

  /** Resolves when the run under way, if any, has ended; no other begins. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#running
  }

  #schedule(delayMs: number): void {
    this.#cancel?.()
    this.#cancel = later(delayMs, () => void (this.#running = this.#turn()))
  }

  async #turn(): Promise<void> {
    this.#again = false
    const pause = await this.#run()
    this.#running = undefined
    if (!this.#stopped) this.#schedule(this.#again ? 0 : pause)
  }
}
