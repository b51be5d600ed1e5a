import { FetcherErrors } from './fetcher.ts'

type Bytes = Uint8Array<ArrayBuffer>

/**
 * Reads a body of at most `maxBytes`, counted as sent and again as decompressed, and never holds more than that and a chunk.
 *
 * @throws `fetcher/too-large` as soon as it is larger.
 * @throws `fetcher/unreachable` for an encoding that nobody asked for, or a body that is not in it.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Bytes> {
  const sent = limited(body, maxBytes)
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return collect(sent)
    case 'gzip':
    case 'x-gzip':
      return collect(limited(decompressed(sent, 'gzip'), maxBytes))
    case 'deflate':
      return collect(limited(decompressed(sent, 'deflate'), maxBytes))
    default:
      throw FetcherErrors.unreachable({ detail: 'The answer is in an encoding that was not asked for.' })
  }
}

async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Bytes> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > maxBytes) throw FetcherErrors.tooLarge({ detail: `At most ${maxBytes} bytes are read.` })
    yield new Uint8Array(chunk)
  }
}

const decompressed = (chunks: AsyncIterable<Bytes>, format: 'gzip' | 'deflate'): AsyncIterable<Uint8Array> =>
  ReadableStream.from(chunks).pipeThrough(new DecompressionStream(format))

async function collect(chunks: AsyncIterable<Bytes>): Promise<Bytes> {
  const all: Bytes[] = []
  let size = 0
  for await (const chunk of chunks) {
    all.push(chunk)
    size += chunk.byteLength
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of all) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}
