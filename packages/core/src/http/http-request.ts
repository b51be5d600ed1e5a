/** Whether a body is the bytes that were sent, was made again from what the host had parsed, or is gone. */
export type BodyState = 'intact' | 'parsed' | 'lost'

/** Reads header fields by their lower-case name. Several of one name are joined by commas (RFC 9110 §5.3), as `Headers` does. */
export type RequestHeaders = Pick<Headers, 'get' | 'has'>

/** A request, whatever brought it here. What costs something is made when it is asked for. */
export interface HttpRequest {
  readonly method: string
  /** Path and query as they came over the wire, before URL parsing could hide what was odd about them. */
  readonly target: string
  readonly headers: RequestHeaders
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal
  /** Names the span of this request, for work that outlives it. Absent where nothing is traced. */
  traceparent?: string | null
}

/** A request whose body nobody has read yet. */
export interface IncomingRequest extends HttpRequest {
  /** Address of the peer, which may be a proxy. */
  readonly remoteAddress: string | undefined
  readonly bodyState: BodyState
  /** The body, to be read once; null when there is none. Leaving off early leaves the connection as it is. */
  readonly chunks: AsyncIterable<Uint8Array<ArrayBuffer>> | null
}
