import type { Connection } from './fetch-handler-options.ts'
import type { BodyState, IncomingRequest, RequestHeaders } from './http-request.ts'
import { requestTarget } from './path.ts'

/** A web-standard `Request` on its way in. */
export class WebRequest implements IncomingRequest {
  readonly method: string
  readonly target: string
  readonly headers: RequestHeaders
  readonly remoteAddress: string | undefined
  readonly bodyState: BodyState
  readonly #request: Request

  constructor(request: Request, { remoteAddress, target, body = 'intact' }: Connection) {
    this.method = request.method
    this.target = target ?? requestTarget(request.url)
    this.headers = request.headers
    this.remoteAddress = remoteAddress
    this.bodyState = body
    this.#request = request
  }

  get signal(): AbortSignal {
    return this.#request.signal
  }

  get chunks(): AsyncIterable<Uint8Array<ArrayBuffer>> | null {
    return this.#request.body?.values({ preventCancel: true }) ?? null
  }
}
