import { write, writeSync } from 'node:fs'

// About 4,000 lines.
const longestBacklog = 1 << 20

// About 120 lines: a write costs as much as several.
const batch = 1 << 15

const longestWaitMs = 100

// How long an exit waits for a reader that is slow.
const longestExitMs = 1000

export interface LogDestinationOptions {
  readonly fd: number
  /** Told how many lines were dropped, once there is room again. */
  readonly onDropped: (lines: number) => void
}

/**
 * Writes lines beside the event loop: whoever reads the log may stall, and the host must not stall with it. Lines that come while a
 * write is under way leave together with the next one. Beyond 1 MB of backlog lines are dropped. What is left when the process exits
 * is written then.
 */
export class LogDestination {
  readonly #fd: number
  readonly #onDropped: (lines: number) => void
  #lines: string[] = []
  /** Of the lines, in UTF-16 units. */
  #length = 0
  /** What is being written, and has not been yet. */
  #rest: Uint8Array = new Uint8Array(0)
  #isWriting = false
  /** Whether the write is with the system, which finishes it even at an exit. */
  #isInFlight = false
  #timer: NodeJS.Timeout | undefined
  #dropped = 0

  constructor({ fd, onDropped }: LogDestinationOptions) {
    this.#fd = fd
    this.#onDropped = onDropped
    process.on('exit', () => this.#writeOut())
  }

  write(line: string): void {
    if (this.#length + line.length > longestBacklog) {
      this.#dropped++
      return
    }
    // Joined once: a text that grows by each line would be measured and copied by each.
    this.#lines.push(line)
    this.#length += line.length
    if (this.#isWriting) return
    if (this.#length >= batch) this.#begin()
    else this.#timer ??= setTimeout(() => this.#begin(), longestWaitMs).unref()
  }

  #begin(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isWriting = true
    this.#rest = this.#take()
    this.#writeRest()
  }

  #take(): Uint8Array {
    const bytes = Buffer.from(this.#lines.join(''))
    this.#lines = []
    this.#length = 0
    return bytes
  }

  #writeRest(): void {
    this.#isInFlight = true
    write(this.#fd, this.#rest, (error, written) => {
      this.#isInFlight = false
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#writeRest(), longestWaitMs).unref()
        return
      }
      // There is nobody to tell that nobody can be told: what cannot be written is gone.
      this.#rest = error ? new Uint8Array(0) : this.#rest.subarray(written)
      if (this.#rest.length > 0) this.#writeRest()
      else this.#end()
    })
  }

  #end(): void {
    this.#isWriting = false
    if (this.#dropped > 0) {
      const dropped = this.#dropped
      this.#dropped = 0
      this.#onDropped(dropped)
    }
    if (this.#length >= batch) this.#begin()
    else if (this.#length > 0) this.#timer ??= setTimeout(() => this.#begin(), longestWaitMs).unref()
  }

  #writeOut(): void {
    const last = Buffer.concat([this.#isInFlight ? new Uint8Array(0) : this.#rest, this.#take()])
    const giveUp = performance.now() + longestExitMs
    for (let at = 0; at < last.length;) {
      try {
        at += writeSync(this.#fd, last, at)
      } catch (error) {
        const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN'
        if (!isFull || performance.now() > giveUp) return
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
      }
    }
  }
}
