import { HttpErrors } from './http-errors.ts'
import type { IncomingRequest } from './http-request.ts'

export const nothing = new Uint8Array(0)

/**
 * Reads a body of at most `limit` bytes. Beyond it reading stops; what is left stays unread.
 *
 * @throws `http/body-too-large`, or `http/invalid-request` when the body breaks off.
 */
export async function readBytes(request: IncomingRequest, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get('content-length')
  if (declared === '0') return nothing
  if (declared !== null && !(Number(declared) <= limit)) throw tooLarge(limit)
  const source = request.chunks
  if (source === null) return nothing
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    for await (const chunk of source) {
      size += chunk.byteLength
      if (size > limit) throw tooLarge(limit)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (size > limit) throw cause
    throw HttpErrors.invalidRequest({ detail: 'The body broke off before its end.' }, { cause })
  }
  return joined(chunks, size)
}

function joined(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  const [first] = chunks
  if (first && chunks.length === 1) return first
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

const tooLarge = (limit: number) =>
  HttpErrors.bodyTooLarge({ detail: `The body may have at most ${limit.toLocaleString('en-US')} bytes.` })
