import type { IncomingMessage } from 'node:http'
import type { BodyState } from './http-request.ts'

/** What frameworks add to node's request. */
export interface FrameworkRequest extends IncomingMessage {
  /** The target before a router cut its own part off. */
  readonly originalUrl?: string
  /** What a body parser made of the body. */
  readonly body?: unknown
  /** The bytes, where a body parser was told to keep them. */
  readonly rawBody?: unknown
}

export interface FoundBody {
  readonly state: BodyState
  /** Null while the stream still holds it. */
  readonly bytes: Uint8Array<ArrayBuffer> | null
}

const untouched: FoundBody = { state: 'intact', bytes: null }

/** What is left of the body when a framework may have read it first. */
export function findBody(request: FrameworkRequest): FoundBody {
  if (!request.readableDidRead && !request.readableEnded) return untouched
  const { body, rawBody } = request
  if (Buffer.isBuffer(rawBody)) return { state: 'intact', bytes: new Uint8Array(rawBody) }
  // express.raw() and express.text() keep what was sent.
  if (Buffer.isBuffer(body)) return { state: 'intact', bytes: new Uint8Array(body) }
  if (typeof body === 'string') return { state: 'intact', bytes: new TextEncoder().encode(body) }
  if (body === undefined) return { state: hasBody(request) ? 'lost' : 'intact', bytes: new Uint8Array(0) }
  return { state: 'parsed', bytes: new TextEncoder().encode(serialize(request, body)) }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function serialize({ headers }: IncomingMessage, body: unknown): string {
  if (!headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded'))
    return JSON.stringify(body)
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(Object(body))) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(name, String(item))
  }
  return form.toString()
}
