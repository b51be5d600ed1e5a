import type * as z from 'zod'
import type { Duration } from '../kernel/duration.ts'
import type { ErrorFactory } from '../kernel/errors.ts'
import type { Access } from './access.ts'
import type { SessionUse } from './session-use.ts'
import type { CacheRule, EmptyReply, JsonReply, Reply, RequestBody } from './media.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** At most `limit` calls per `window` for each of what `by` names. */
export interface DeclaredLimit {
  /** Names the limit for callers and in metrics; endpoints with the same name share it. */
  readonly name: string
  readonly limit: number
  /** Environment name of a setting that replaces `limit`; 0 there turns the limit off. */
  readonly setting?: string
}

export interface RateLimit extends DeclaredLimit {
  readonly by: 'ip' | 'user' | 'tenant'
  readonly window: Duration
}

/** How many event streams one process keeps open for a caller at once. */
export interface StreamLimit extends DeclaredLimit {
  readonly by: 'user' | 'tenant'
}

/** One endpoint as data: enough to route, validate, authorize, document and call it. */
export interface Endpoint {
  readonly method: Method
  /** Placeholders as in OpenAPI: `/sessions/{id}`. */
  readonly path: '' | `/${string}`
  readonly access: Access
  readonly summary: string
  readonly description?: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: RequestBody
  readonly success: Reply
  /** Other documented answers that are no errors; the handler returns one with `alternative(status, value)`. */
  readonly alternatives?: readonly (JsonReply | EmptyReply)[]
  readonly errors?: readonly ErrorFactory[]
  /** How failures are told: `oauth` as RFC 6749 §5.2 has it, for OAuth endpoints only. @default 'problem' (RFC 9457) */
  readonly errorForm?: 'problem' | 'oauth'
  /** Each of them must allow a call. */
  readonly rateLimit?: RateLimit | readonly RateLimit[]
  readonly streamLimit?: StreamLimit
  /**
   * Whether a write may be repeated under an `Idempotency-Key`. The stored answer is kept for 24 h, so an endpoint whose
   * answer holds a secret says `false`.
   * @default true for POST, PUT, PATCH and DELETE
   */
  readonly idempotent?: boolean
  /**
   * The resource carries a `version` property: answers get it as `ETag`, writes need it in `If-Match` and find it in
   * `call.version`.
   */
  readonly versioned?: boolean
  readonly cache?: CacheRule
  readonly session?: SessionUse
}

export type Endpoints = Readonly<Record<string, Endpoint>>

export interface Contract<E extends Endpoints = Endpoints> {
  /** Groups the endpoints in the documentation. */
  readonly tag: string
  readonly prefix: '' | `/${string}`
  readonly endpoints: E
}

/** Declares the HTTP API of one noun. The prefix is absolute, such as `/api/v1/auth`. */
export const defineContract = <const E extends Endpoints>(
  tag: string,
  prefix: '' | `/${string}`,
  endpoints: E,
): Contract<E> => ({ tag, prefix, endpoints })

export const rateLimitsOf = ({ rateLimit = [] }: Pick<Endpoint, 'rateLimit'>): readonly RateLimit[] =>
  'name' in rateLimit ? [rateLimit] : rateLimit

/** Takes part in `Idempotency-Key`: any write that does not opt out. */
export const isIdempotent = ({ method, idempotent, access }: Endpoint): boolean =>
  (idempotent ?? access.kind !== 'webhook') && method !== 'GET'
