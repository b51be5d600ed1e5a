import type * as z from 'zod'
import type { ServerSentEvent } from '../contract/media.ts'
import type { EventSubscription } from './client-types.ts'
import { isProblem, ProblemError } from './problem-error.ts'

interface Fields {
  id: string | undefined
  event: string | undefined
  data: string[]
}

/** Reads `text/event-stream` (HTML §9.2.6). A terminal `error` event with a problem document is thrown. */
export class EventSubscriptionReader<T> implements EventSubscription<T> {
  readonly #body: ReadableStream<Uint8Array<ArrayBuffer>>
  readonly #schema: z.ZodType<T>
  #lastEventId: string | undefined

  constructor(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    schema: z.ZodType<T>,
    lastEventId: string | undefined,
  ) {
    this.#body = body
    this.#schema = schema
    this.#lastEventId = lastEventId
  }

  get lastEventId(): string | undefined {
    return this.#lastEventId
  }

  async close(): Promise<void> {
    if (!this.#body.locked) await this.#body.cancel()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ServerSentEvent<T>> {
    let fields: Fields = { id: undefined, event: undefined, data: [] }
    for await (const line of linesOf(this.#body)) {
      if (line !== '') {
        read(line, fields)
        continue
      }
      if (fields.id !== undefined) this.#lastEventId = fields.id
      const event = fields.data.length > 0 ? this.#toEvent(fields) : null
      fields = { id: undefined, event: undefined, data: [] }
      if (event) yield event
    }
  }

  #toEvent({ event, data }: Fields): ServerSentEvent<T> {
    const value: unknown = JSON.parse(data.join('\n'))
    if (event === 'error' && isProblem(value)) throw new ProblemError(value)
    const id = this.#lastEventId ?? ''
    return { id, ...(event !== undefined && { event }), data: this.#schema.parse(value) }
  }
}

function read(line: string, fields: Fields): void {
  const colon = line.indexOf(':')
  if (colon === 0) return
  const name = colon === -1 ? line : line.slice(0, colon)
  const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
  if (name === 'data') fields.data.push(value)
  else if (name === 'event') fields.event = value
  else if (name === 'id' && !value.includes('\0')) fields.id = value
}

/** Lines that end in LF, CR or CRLF, wherever chunks are cut; an unfinished last line is dropped. */
async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  // Safari cannot iterate a stream.
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += decoder.decode(value, { stream: true })
      // A CR at the end may be the first half of a CRLF.
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
