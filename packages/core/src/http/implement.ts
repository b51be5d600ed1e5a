import type * as z from 'zod'
import type { Contract, Endpoint, Endpoints } from '../contract/contract.ts'
import type {
  Content,
  ContentReply,
  EmptyReply,
  EventStreamReply,
  FormBody,
  JsonBody,
  JsonReply,
  RawBody,
  RedirectReply,
  ServerSentEvent,
} from '../contract/media.ts'
import type { HttpRequest } from './http-request.ts'
import type { Id } from '../kernel/id.ts'
import type { Origin } from '../kernel/origin.ts'
import type { Principal, UserPrincipal } from './principal.ts'

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

export type BodyOf<B> = B extends JsonBody<infer S> | FormBody<infer S>
  ? z.output<S>
  : B extends RawBody
    ? Uint8Array<ArrayBuffer>
    : undefined

export type ReplyOf<R> =
  R extends JsonReply<infer S>
    ? z.output<S>
    : R extends EmptyReply
      ? void
      : R extends ContentReply
        ? Content
        : R extends EventStreamReply<infer S>
          ? AsyncIterable<ServerSentEvent<z.output<S>>>
          : R extends RedirectReply
            ? URL
            : never

/** An answer other than the contract's success, which it lists under `alternatives`. */
export class Alternative<T = unknown> {
  readonly status: number
  readonly value: T

  constructor(status: number, value: T) {
    this.status = status
    this.value = value
  }
}

export const alternative = <T>(status: number, value: T): Alternative<T> => new Alternative(status, value)

type AlternativeOf<A> = A extends readonly (infer R)[]
  ? R extends JsonReply<infer S>
    ? Alternative<z.output<S>>
    : Alternative<undefined>
  : never

/** An answer with the time at which the resource last changed; null when that is not known, or less than 2 s ago. */
export class Dated<T = unknown> {
  readonly value: T
  readonly modifiedAt: Date | null

  constructor(value: T, modifiedAt: Date | null) {
    this.value = value
    this.modifiedAt = modifiedAt
  }
}

export const dated = <T>(value: T, modifiedAt: Date | null): Dated<T> => new Dated(value, modifiedAt)

type DatedOf<C, T> = C extends { readonly dated: true } ? Dated<T> : never

type PrincipalOf<A> = A extends { readonly kind: 'user' | 'operator' }
  ? UserPrincipal
  : A extends { readonly kind: 'scope' }
    ? Principal
    : null

/** What a handler receives: already routed, authenticated, authorized and validated. */
export interface Call<E extends Endpoint = Endpoint> {
  readonly params: Parsed<E['params']>
  readonly query: Parsed<E['query']>
  readonly body: BodyOf<E['body']>
  readonly principal: PrincipalOf<E['access']>
  /** The version that `If-Match` names; for writes to versioned resources. */
  readonly version: E['versioned'] extends true ? number : undefined
  readonly client: Client
  readonly request: HttpRequest
}

/** Who calls, and from where. Services hand it on to the events that they record. */
export interface Client extends Origin {
  readonly requestId: string
  readonly actorId: Id | null
}

export type Handlers<E extends Endpoints> = {
  readonly [K in keyof E]: (
    call: Call<E[K]>,
  ) => Promise<
    | ReplyOf<E[K]['success']>
    | AlternativeOf<E[K]['alternatives']>
    | DatedOf<E[K]['cache'], ReplyOf<E[K]['success']>>
  >
}

/** An endpoint bound to behaviour. */
export interface Route {
  readonly tag: string
  /** Name of the endpoint in its contract. */
  readonly name: string
  readonly endpoint: Endpoint
  /** Absolute, with `{placeholders}`. */
  readonly path: string
  handle(call: Call): Promise<unknown>
}

/** Binds a contract to behaviour. Missing, extra or mistyped handlers do not compile. */
export function implement<const E extends Endpoints>(
  contract: Contract<E>,
  handlers: Handlers<E>,
): readonly Route[] {
  return Object.entries(contract.endpoints).map(([name, endpoint]) => ({
    tag: contract.tag,
    name,
    endpoint,
    path: contract.prefix + endpoint.path || '/',
    handle: handlers[name] as Route['handle'],
  }))
}
