import type { ServerSentEvent } from '../contract/media.ts'

/** Calls `beat` every now and then until the returned function is called. */
export type Heartbeat = (beat: () => void) => () => void

const heartbeatMs = 15_000

/** Every 15 s: proxies commonly drop a connection that is silent for 30 or 60. */
export const timerHeartbeat: Heartbeat = (beat) => {
  let timer = setTimeout(tick, heartbeatMs)
  function tick(): void {
    timer = setTimeout(tick, heartbeatMs)
    beat()
  }
  return () => clearTimeout(timer)
}

export interface EventStreamOptions {
  readonly events: AsyncIterable<ServerSentEvent>
  /** See {@link createFrames}. */
  readonly frame: (event: ServerSentEvent) => Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
  readonly heartbeat: Heartbeat
  /** Reports what the iterable threw; returns the problem document to tell the reader. */
  readonly onFailure: (error: unknown) => unknown
}

const encoder = new TextEncoder()
const comment = encoder.encode(':\n\n')

/**
 * Frames events for `text/event-stream` (HTML §9.2). The iterable is asked for the next event only when the reader wants
 * one, so a reader that stops reading costs no memory. A comment goes out at once, for the headers leave with the first
 * byte. Ends with the iterable; a failure inside becomes a last event `error` with a problem document.
 */
export function toEventStream({
  events,
  frame,
  signal,
  heartbeat,
  onFailure,
}: EventStreamOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = events[Symbol.asyncIterator]()
  let stop = (): void => {}
  let isOver = false

  /** Whether this call is the one that ended it. */
  const finish = (): boolean => {
    if (isOver) return false
    isOver = true
    stop()
    return true
  }
  // Not awaited: a generator that waits for its next event only returns once that event has come.
  const abandon = (): void => {
    if (finish()) Promise.resolve(iterator.return?.()).catch(() => {})
  }

  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        controller.enqueue(comment)
        const onAbort = (): void => {
          if (isOver) return
          abandon()
          controller.close()
        }
        const stopBeating = heartbeat(() => {
          // Nothing queued: the reader has taken everything so far. A beat never piles up.
          if (!isOver && controller.desiredSize === 0) controller.enqueue(comment)
        })
        stop = () => {
          stopBeating()
          signal.removeEventListener('abort', onAbort)
        }
        signal.addEventListener('abort', onAbort)
        if (signal.aborted) onAbort()
      },
      async pull(controller) {
        try {
          const next = await iterator.next()
          if (isOver) return
          if (!next.done) {
            controller.enqueue(frame(next.value))
            return
          }
          finish()
        } catch (error) {
          if (!finish()) return
          Promise.resolve(iterator.return?.()).catch(() => {})
          controller.enqueue(encoder.encode(`event: error\ndata: ${JSON.stringify(onFailure(error))}\n\n`))
        }
        controller.close()
      },
      cancel: abandon,
    },
    { highWaterMark: 0 },
  )
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
