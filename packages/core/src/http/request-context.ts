import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/id.ts'
import { randomHex } from '../kernel/random.ts'
import type { RequestHeaders } from './http-request.ts'

const requestIdForm = /^[A-Za-z0-9._-]{8,128}$/
// W3C Trace Context §3.2, version 00: exactly four fields, lower case.
const traceparentForm = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

/** Names one request in logs, traces and answers. */
export class RequestContext {
  readonly requestId: string
  /** Address of the caller behind the trusted proxies. */
  readonly ip: string | null
  readonly #incoming: RegExpExecArray | null
  #traceId: string | undefined
  #spanId: string | undefined

  constructor(headers: RequestHeaders, ip: string | null, clock: Clock) {
    const given = headers.get('x-request-id')
    this.requestId = given !== null && requestIdForm.test(given) ? given : newId('req', clock)
    this.ip = ip
    const traceparent = headers.get('traceparent')
    this.#incoming = traceparent === null ? null : traceparentForm.exec(traceparent)
  }

  /** The caller's trace, or a new one. */
  get traceId(): string {
    return (this.#traceId ??= this.#incoming?.[1] ?? randomHex(16))
  }

  /** This request within the trace. */
  get spanId(): string {
    return (this.#spanId ??= randomHex(8))
  }

  /** The caller's span; null when the trace starts here. */
  get parentSpanId(): string | null {
    return this.#incoming?.[2] ?? null
  }

  /** To hand on to what this request calls. Whether it is sampled is the caller's decision. */
  get traceparent(): string {
    return `00-${this.traceId}-${this.spanId}-${this.#incoming?.[3] ?? '00'}`
  }
}
