import type { ServerSentEvent } from '../contract/media.ts'
import type { OpenStream, OpenStreams } from './open-streams.ts'

export interface EventStreamOptions {
  readonly events: AsyncIterable<ServerSentEvent>
  /** See {@link createFrames}. */
  readonly frame: (event: ServerSentEvent) => Uint8Array<ArrayBuffer>
  /** What makes the stream beat, and what may end it. It is in these from its first byte to its last. */
  readonly watches: readonly OpenStreams[]
  /** Reports what the iterable threw; returns the problem document to tell the reader. */
  readonly onFailure: (error: unknown) => unknown
}

/** Where framed events go. */
export interface EventSink {
  /** Takes the bytes in any case. Whether it wants more at once; if not, `drained` tells when. */
  write(bytes: Uint8Array<ArrayBuffer>): boolean
  /** Resolves when more is wanted; never once the reader has left. */
  drained(): Promise<void>
  /** Whether the reader has taken everything so far. */
  isEmpty(): boolean
  end(): void
}

const encoder = new TextEncoder()
const comment = encoder.encode(':\n\n')

// Readers of a replica that stops come back within this, and not all at once.
const soonestReturnMs = 500
const returnSpreadMs = 1000
const comeBack = () =>
  encoder.encode(`retry: ${soonestReturnMs + Math.floor(Math.random() * returnSpreadMs)}\n\n`)

/**
 * Frames events for `text/event-stream` (HTML §9.2). The iterable is asked for the next event only when the reader wants
 * one, so a reader that stops reading costs no memory. A comment goes out at once, for the headers leave with the first
 * byte. Ends with the iterable; a failure inside becomes a last event `error` with a problem document. When streams are to end the
 * reader is told by `retry` when to come back: it does, with the id of its last event (§9.2.4).
 */
export class EventStream implements OpenStream {
  readonly #options: EventStreamOptions
  readonly #iterator: AsyncIterator<ServerSentEvent>
  #sink: EventSink | undefined
  #isOver = false

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#iterator = options.events[Symbol.asyncIterator]()
  }

  /** The reader has left, or never came. */
  cancel(): void {
    // Not awaited: a generator that waits for its next event only returns once that event has come.
    if (this.#finish()) Promise.resolve(this.#iterator.return?.()).catch(() => {})
  }

  beat(): void {
    // A beat never piles up.
    if (!this.#isOver && this.#sink?.isEmpty()) this.#sink.write(comment)
  }

  end(): void {
    if (this.#isOver) return
    this.cancel()
    this.#sink?.write(comeBack())
    this.#sink?.end()
  }

  /** Sends everything to one sink. Never rejects; resolves when it is over, or never once the reader has left. */
  async sendTo(sink: EventSink): Promise<void> {
    this.#sink = sink
    const isWanted = sink.write(comment)
    for (const watch of this.#options.watches) if (!this.#isOver) watch.add(this)
    if (!isWanted && !this.#isOver) await sink.drained()
    try {
      while (!this.#isOver) {
        const { done, value } = await this.#iterator.next()
        if (this.#isOver) return
        if (done) {
          this.#finish()
          sink.end()
        } else if (!sink.write(this.#options.frame(value))) await sink.drained()
      }
    } catch (error) {
      if (this.#isOver) return
      this.cancel()
      sink.write(encoder.encode(`event: error\ndata: ${JSON.stringify(this.#options.onFailure(error))}\n\n`))
      sink.end()
    }
  }

  /** Whether this call is the one that ended it. */
  #finish(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    for (const watch of this.#options.watches) watch.delete(this)
    return true
  }
}

/**
 * Events as bytes. One that many readers are told, as the same object, is encoded once: for 8,000 readers that is a fifth of the
 * work.
 */
export function createFrames(
  encodeData: (data: unknown) => unknown,
): (event: ServerSentEvent) => Uint8Array<ArrayBuffer> {
  const known = new WeakMap<ServerSentEvent, Uint8Array<ArrayBuffer>>()
  return (event) => {
    let bytes = known.get(event)
    if (!bytes) {
      bytes = encoder.encode(frame(event, encodeData))
      known.set(event, bytes)
    }
    return bytes
  }
}

/** JSON has no line breaks, so one `data:` line holds it; an id or event name with one would start another field. */
export function frame({ id, event, data }: ServerSentEvent, encodeData: (data: unknown) => unknown): string {
  if (/[\r\n\0]/.test(id) || (event !== undefined && /[\r\n]/.test(event))) {
    throw new TypeError(
      'The id or name of a server-sent event holds a line break or NUL. Encode it before it becomes an event.',
    )
  }
  return `${event === undefined ? '' : `event: ${event}\n`}id: ${id}\ndata: ${JSON.stringify(encodeData(data))}\n\n`
}
