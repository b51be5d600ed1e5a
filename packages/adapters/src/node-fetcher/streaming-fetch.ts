import { FetcherErrors } from '@corbel/core/ports'
import { guardedRequest, type GuardOptions, joinedHeaders } from './guarded-request.ts'

export interface StreamingFetchOptions extends Omit<GuardOptions, 'keepAlive'> {
  /** Origins of the operator's own choice, such as `http://127.0.0.1:11434`: what they resolve to is not checked. @default none */
  readonly trusted?: readonly string[]
  /** Milliseconds without a byte, after which the other side is given up. @default 120000 */
  readonly idleMs?: number
  /** Most bytes of one answer. @default 33554432, 32 MiB */
  readonly maxBytes?: number
}

const everywhere = ['0.0.0.0/0', '::/0']

/**
 * A `fetch` for the clients of vendors whose addresses users may give: what comes is handed on as it comes. It connects to public
 * addresses only, follows no redirect, takes no compression, and no proxy from the environment.
 *
 * Rejects with `fetcher/address-refused`, `fetcher/invalid-url` or `fetcher/timed-out`; the body fails with `fetcher/too-large`.
 */
export function streamingFetch({
  trusted = [],
  idleMs = 120_000,
  maxBytes = 32 * 1024 * 1024,
  ...guard
}: StreamingFetchOptions = {}): typeof fetch {
  const guarded = guardedRequest({ ...guard, keepAlive: true })
  // Connections of its own: the guarded must not go on with one that nobody has checked.
  const free = guardedRequest({ ...guard, allow: everywhere, keepAlive: true })
  const origins = new Set(trusted.map((origin) => new URL(origin).origin))
  return async (input, init) => {
    const request = toRequest(input, { ...init, redirect: 'manual' })
    const url = new URL(request.url)
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw FetcherErrors.invalidUrl()
    const send = origins.has(url.origin) ? free : guarded
    const { method, signal } = request
    const headers = { ...Object.fromEntries(request.headers), 'accept-encoding': 'identity' }
    const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
    const answer = await send(url, { method, headers, body, signal, idleMs })
    const status = answer.statusCode ?? 0
    const isEmpty = method === 'HEAD' || status === 204 || status === 205 || status === 304
    if (isEmpty) answer.resume()
    return new Response(isEmpty ? null : ReadableStream.from(limited(answer, maxBytes)), {
      status,
      headers: joinedHeaders(answer.headers),
    })
  }
}

async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > maxBytes) throw FetcherErrors.tooLarge({ detail: `At most ${maxBytes} bytes are read.` })
    yield chunk
  }
}

function toRequest(...args: ConstructorParameters<typeof Request>): Request {
  try {
    return new Request(...args)
  } catch (cause) {
    throw FetcherErrors.invalidUrl({}, { cause })
  }
}
