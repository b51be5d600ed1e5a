/** An event stream that somebody reads. */
export interface OpenStream {
  /** Shows whatever is in between that the connection is alive. */
  beat(): void
  /** Tells the reader when to come back, and ends. */
  end(): void
}

/** Streams that whoever holds them makes beat, or ends. One `Set` of thousands weighs less than thousands of callbacks. */
export type OpenStreams = Pick<Set<OpenStream>, 'delete'> & {
  /** One that comes after the end of all streams is ended at once. */
  add(stream: OpenStream): void
}

// Proxies commonly drop a connection that is silent for 30 or 60 s.
const heartbeatSeconds = 15

/** Streams that beat every 15 s, the first time after 14 to 15: those of one second together, so that thousands do not beat at once. */
export class Heartbeat implements OpenStreams {
  readonly #wheel = Array.from({ length: heartbeatSeconds }, () => new Set<OpenStream>())
  #position = 0
  #count = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  add(stream: OpenStream): void {
    this.#wheel[this.#position]?.add(stream)
    this.#count++
    this.#timer ??= setTimeout(() => this.#turn(), 1000)
  }

  delete(stream: OpenStream): boolean {
    if (!this.#wheel.some((second) => second.delete(stream))) return false
    this.#count--
    if (this.#count === 0) {
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
    return true
  }

  #turn(): void {
    this.#timer = setTimeout(() => this.#turn(), 1000)
    this.#position = (this.#position + 1) % this.#wheel.length
    for (const stream of this.#wheel[this.#position] ?? []) stream.beat()
  }
}

export const heartbeat: OpenStreams = new Heartbeat()
