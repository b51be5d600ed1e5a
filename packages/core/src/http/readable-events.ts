import type { EventSink, EventStream } from './event-stream.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Events for hosts that take a web-standard stream. They end when the request is aborted. */
export function toReadableStream(events: EventStream, signal: AbortSignal): ReadableStream<Bytes> {
  let isWanted = false
  let resume = (): void => {}
  let forget = (): void => {}
  return new ReadableStream<Bytes>(
    {
      start(controller) {
        const sink: EventSink = {
          write(bytes) {
            isWanted = false
            controller.enqueue(bytes)
            return false
          },
          drained: () => new Promise((resolve) => (isWanted ? resolve() : (resume = resolve))),
          isEmpty: () => controller.desiredSize === 0,
          end() {
            forget()
            controller.close()
          },
        }
        const onAbort = (): void => {
          events.cancel()
          sink.end()
        }
        forget = () => signal.removeEventListener('abort', onAbort)
        signal.addEventListener('abort', onAbort)
        void events.sendTo(sink)
        if (signal.aborted) onAbort()
      },
      pull() {
        isWanted = true
        resume()
      },
      cancel() {
        forget()
        events.cancel()
      },
    },
    { highWaterMark: 0 },
  )
}
