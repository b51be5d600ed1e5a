import type { DeclaredLimit, RateLimit } from '../contract/contract.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import type { IdempotencyStore } from '../ports/idempotency-store.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { CorsOptions } from './cors.ts'
import type { Gate } from './gate.ts'
import type { HttpApi } from './http-api.ts'
import type { BodyState } from './http-request.ts'
import type { Client, Route } from './implement.ts'
import type { OpenStreams } from './open-streams.ts'
import type { Authenticate, Principal } from './principal.ts'
import type { RequestContext } from './request-context.ts'

/** What the host knows about the connection that a `Request` cannot say. */
export interface Connection {
  /** Address of the peer, which may be a proxy. */
  readonly remoteAddress?: string | undefined
  /** Path and query as they came over the wire, before URL parsing could hide what was odd about them. */
  readonly target?: string | undefined
  /**
   * Whether the request's body is the bytes that were sent, was made again from what the host had parsed, or is gone.
   *
   * @default 'intact'
   */
  readonly body?: BodyState | undefined
}

/** Answers every request; never rejects. Without `connection` the `ip` that some servers add to the request is used. */
export type FetchHandler = (request: Request, connection?: Connection) => Promise<Response>

/** The same for hosts that hold a request in another form than `Request`: `toNodeHandler` asks `handle`, and converts nothing. */
export interface DirectHandler extends FetchHandler, HttpApi {}

export type ResponseConstructor = new (
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
  init?: { status: number; headers: Record<string, string> },
) => Response

/** A request that was answered; for logs and metrics. */
export interface Answered {
  /** Null when nothing was found at the path. */
  readonly route: Route | null
  readonly method: string
  readonly status: number
  /** Until the answer was ready; of a stream, until its headers were. */
  readonly durationMs: number
  readonly context: RequestContext
  readonly principal: Principal | null
}

/** A known caller was refused: for the audit trail. */
export interface Denial {
  readonly principal: Principal
  /** Method and path of the endpoint, as in its contract. */
  readonly endpoint: string
  /** Code of the error that was answered. */
  readonly code: string
  readonly client: Client
}

/** A request was refused because of a limit. */
export interface Limited {
  /** The name of the limit. */
  readonly policy: string
  readonly by: RateLimit['by']
  readonly route: Route
  readonly context: RequestContext
  /** Null where nobody signs in, or not yet. */
  readonly principal: Principal | null
}

export interface FetchHandlerOptions {
  readonly routes: readonly Route[]
  /** Needed as soon as one route asks for a user. */
  readonly authenticate?: Authenticate | undefined
  /** @default permissions always count */
  readonly gate?: Gate | undefined
  readonly clock: Clock
  readonly rateLimiter: RateLimiter
  readonly idempotency: IdempotencyStore
  /** @default no origin is allowed */
  readonly cors?: CorsOptions | undefined
  /** Addresses and CIDRs whose `X-Forwarded-For` is believed. @default none */
  readonly trustedProxies?: readonly string[] | undefined
  /** @default 1,048,576 */
  readonly maxBodyBytes?: number | undefined
  /** Closes endpoints with scopes to users whose e-mail address is not verified. @default false */
  readonly requireVerifiedEmail?: boolean | undefined
  /** Opens endpoints for monitors to callers from elsewhere. @default loopback only */
  readonly monitorToken?: Secret | undefined
  readonly publicUrl: string
  /** Whether browsers may keep their session in a cookie; cookies mean nothing otherwise. @default false */
  readonly sessionCookies?: boolean | undefined
  /** A limit when it is not the contract's own; 0 turns it off. Asked once per endpoint, at boot. */
  readonly limitOf?: ((limit: DeclaredLimit) => number) | undefined
  /** Everything thrown that is not a `DomainError`. The caller only learns `context.requestId`. */
  readonly onDefect?: ((error: unknown, context: RequestContext) => void) | undefined
  /** Finished before the answer is sent; must not reject. */
  readonly onDenied?: ((denial: Denial) => Promise<void>) | undefined
  readonly onLimited?: ((limited: Limited) => void) | undefined
  readonly onResponse?: ((answered: Answered) => void) | undefined
  /** @default the global `Response`, which costs about 20 µs on Node; srvx's `FastResponse` is light */
  readonly Response?: ResponseConstructor | undefined
  /** Is told of every event stream while it is open, to end it when this process stops. */
  readonly streams?: OpenStreams | undefined
}
