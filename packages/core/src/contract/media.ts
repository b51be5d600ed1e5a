import type * as z from 'zod'
import type { Duration } from '../kernel/duration.ts'

export interface JsonBody<S extends z.ZodType = z.ZodType> {
  readonly kind: 'json'
  readonly schema: S
}

/** `application/x-www-form-urlencoded`, as OAuth 2 endpoints take it; each field at most once (RFC 6749 §3.2). */
export interface FormBody<S extends z.ZodType = z.ZodType> {
  readonly kind: 'form'
  readonly schema: S
}

/** The bytes as sent, for signatures over the body. The handler receives a `Uint8Array`. */
export interface RawBody {
  readonly kind: 'raw'
  readonly contentTypes: readonly string[]
  /** Bytes, instead of as many as the stack allows: the body is held in memory. */
  readonly maxBytes?: number
}

export type RequestBody = JsonBody | FormBody | RawBody

export interface JsonReply<S extends z.ZodType = z.ZodType> {
  readonly kind: 'json'
  readonly status: 200 | 201 | 202 | 503
  readonly schema: S
}

export interface EmptyReply {
  readonly kind: 'empty'
  readonly status: 200 | 202 | 204
}

/** Text or bytes with their own content type. The handler returns {@link Content}. */
export interface ContentReply {
  readonly kind: 'content'
  readonly status: 200
  readonly contentType: string
}

/**
 * Server-sent events. The handler returns an async iterable of {@link ServerSentEvent}. When the client leaves, the iterator's
 * `return` is called; a generator that waits for something must also watch `call.request.signal`, for waiting holds up `return`.
 */
export interface EventStreamReply<S extends z.ZodType = z.ZodType> {
  readonly kind: 'eventStream'
  readonly status: 200
  readonly schema: S
}

/** The handler returns the absolute URL to go to. */
export interface RedirectReply {
  readonly kind: 'redirect'
  readonly status: 303
}

export type Reply = JsonReply | EmptyReply | ContentReply | EventStreamReply | RedirectReply

export interface Content {
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  /** @default the contract's content type */
  readonly contentType?: string
  /** Makes browsers save the content under this name instead of showing it. */
  readonly fileName?: string
  /** Replaces the policy that forbids everything; for HTML pages with a style of their own. */
  readonly contentSecurityPolicy?: string
}

/** Not changed any more once it was yielded: one that many readers are given is encoded once. */
export interface ServerSentEvent<T = unknown> {
  /** Resume point; sent as `id:`. */
  readonly id: string
  /** @default 'message' */
  readonly event?: string
  readonly data: T
}

/** Public data that may be kept by caches; it gets an `ETag` over its content. */
export interface CacheRule {
  readonly maxAge: Duration
  /** Whether answers say when the resource last changed: handlers may return `dated(value, time)`. */
  readonly dated?: boolean
}

export const json = <const S extends z.ZodType>(schema: S): JsonBody<S> => ({ kind: 'json', schema })
export const form = <const S extends z.ZodType>(schema: S): FormBody<S> => ({ kind: 'form', schema })
export const raw = (...contentTypes: readonly string[]): RawBody => ({ kind: 'raw', contentTypes })

/** Bytes of one of the media types, more or fewer of them than other bodies may have. */
export const upload = (maxBytes: number, ...contentTypes: readonly string[]): RawBody => ({
  kind: 'raw',
  contentTypes,
  maxBytes,
})

export const ok = <const S extends z.ZodType>(schema: S): JsonReply<S> => ({
  kind: 'json',
  status: 200,
  schema,
})
export const created = <const S extends z.ZodType>(schema: S): JsonReply<S> => ({
  kind: 'json',
  status: 201,
  schema,
})
export const accepted = <const S extends z.ZodType>(schema: S): JsonReply<S> => ({
  kind: 'json',
  status: 202,
  schema,
})
export const unavailable = <const S extends z.ZodType>(schema: S): JsonReply<S> => ({
  kind: 'json',
  status: 503,
  schema,
})
export const empty = (status: 200 | 202 | 204 = 204): EmptyReply => ({ kind: 'empty', status })
export const content = (contentType: string): ContentReply => ({ kind: 'content', status: 200, contentType })
export const eventStream = <const S extends z.ZodType>(schema: S): EventStreamReply<S> => ({
  kind: 'eventStream',
  status: 200,
  schema,
})
export const redirect = (): RedirectReply => ({ kind: 'redirect', status: 303 })
