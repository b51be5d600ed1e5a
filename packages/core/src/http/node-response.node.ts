import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type EventSink, EventStream } from './event-stream.ts'
import type { HttpResponse } from './response-writer.ts'

const longText = 16_384

/** Sends an answer. A stream is stopped when the reader leaves, and read no faster than the reader takes it. */
export function sendHttpResponse(outgoing: ServerResponse, { status, headers, body }: HttpResponse): void {
  if (body instanceof EventStream) {
    outgoing.writeHead(status, headers)
    // As text of their own, which V8 keeps in one piece: with the first bytes they would stay 40 pieces, 600 bytes more, until the end.
    outgoing.flushHeaders()
    outgoing.on('close', () => body.cancel())
    void body.sendTo(new NodeSink(outgoing))
  } else if (body instanceof ReadableStream) {
    outgoing.writeHead(status, headers)
    outgoing.flushHeaders()
    sendStream(outgoing, body).catch(() => outgoing.destroy())
  } else if (body !== null) {
    // Node copies a text twice, together with the headers: quicker for a short one, and held for as long as nobody reads it.
    const sent = typeof body === 'string' && body.length > longText ? Buffer.from(body) : body
    outgoing.writeHead(status, withLength(headers, Buffer.byteLength(sent))).end(sent)
  } else {
    // Of an answer to HEAD it would say how long that of GET is; 204 and 304 have none (RFC 9110 §8.6).
    const isSilent = status === 204 || status === 304 || outgoing.req.method === 'HEAD'
    outgoing.writeHead(status, isSilent ? headers : withLength(headers, 0)).end()
  }
}

/** Not a property after a spread, which the runtime adds at ten times the cost of an assignment. */
function withLength(headers: HttpResponse['headers'], length: number): Record<string, string | number> {
  const all: Record<string, string | number> = { ...headers }
  all['content-length'] = length
  return all
}

class NodeSink implements EventSink {
  readonly #outgoing: ServerResponse

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing
  }

  write(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.#outgoing.write(bufferOf(bytes))
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#outgoing.once('drain', resolve))
  }

  isEmpty(): boolean {
    return this.#outgoing.writableLength === 0
  }

  end(): void {
    this.#outgoing.end()
  }
}

let latest = { bytes: new Uint8Array(0), buffer: Buffer.alloc(0) }

/** Node would make a buffer of its own of the same bytes for each of the readers who are told the same. */
function bufferOf(bytes: Uint8Array<ArrayBuffer>): Buffer {
  if (latest.bytes !== bytes)
    latest = { bytes, buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
  return latest.buffer
}

async function sendStream(outgoing: ServerResponse, stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader()
  outgoing.on('close', () => void reader.cancel().catch(() => {}))
  for (;;) {
    const { done, value } = await reader.read()
    if (outgoing.destroyed) return
    if (done) break
    if (!outgoing.write(value)) await once(outgoing, 'drain')
  }
  outgoing.end()
}
