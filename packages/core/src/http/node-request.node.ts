import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BodyState, IncomingRequest, RequestHeaders } from './http-request.ts'
import type { FoundBody } from './node-body.node.ts'

/** A request of `node:http` on its way in, read as it lies there. */
export class NodeRequest implements IncomingRequest {
  readonly method: string
  readonly target: string
  readonly headers: RequestHeaders
  readonly bodyState: BodyState
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #bytes: Uint8Array<ArrayBuffer> | null
  #signal: AbortSignal | undefined

  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    target: string,
    { state, bytes }: FoundBody,
  ) {
    this.method = incoming.method ?? 'GET'
    this.target = target
    this.headers = new NodeHeaders(incoming.rawHeaders)
    this.bodyState = state
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#bytes = bytes
  }

  get remoteAddress(): string | undefined {
    return this.#incoming.socket.remoteAddress
  }

  get signal(): AbortSignal {
    return (this.#signal ??= signalOf(this.#outgoing))
  }

  get chunks(): AsyncIterable<Uint8Array<ArrayBuffer>> | null {
    if (this.#bytes !== null) return once(this.#bytes)
    if (!this.headers.has('content-length') && !this.headers.has('transfer-encoding')) return null
    return this.#incoming.iterator({ destroyOnReturn: false })
  }
}

/** Fields are looked for where the parser left them: an endpoint asks for few, and a browser sends many. */
class NodeHeaders implements RequestHeaders {
  /** Names and values in turns. */
  readonly #raw: readonly string[]

  constructor(raw: readonly string[]) {
    this.#raw = raw
  }

  get(name: string): string | null {
    const raw = this.#raw
    let found: string | null = null
    for (let i = 0; i < raw.length; i += 2) {
      if (!isNamed(raw[i], name)) continue
      const value = raw[i + 1] ?? ''
      found = found === null ? value : `${found}, ${value}`
    }
    return found
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }
}

const isNamed = (field: string | undefined, name: string): boolean =>
  field !== undefined && field.length === name.length && field.toLowerCase() === name

function signalOf(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  const abort = (): void => {
    if (!outgoing.writableFinished) controller.abort()
  }
  if (outgoing.closed) abort()
  else outgoing.once('close', abort)
  return controller.signal
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}
