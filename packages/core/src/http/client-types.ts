import type * as z from 'zod'
import type { Contract, Endpoint } from '../contract/contract.ts'
import type {
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
import type { WithoutTokens } from '../contract/session-use.ts'

type InputOf<S> = S extends z.ZodType ? z.input<S> : never

type BodyInputOf<B> = B extends JsonBody<infer S> | FormBody<infer S>
  ? z.input<S>
  : B extends RawBody
    ? Uint8Array<ArrayBuffer> | string
    : never

/** Keys whose value may be left out when nothing in it is needed. */
type Part<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : Record<never, never> extends Value
    ? { readonly [K in Name]?: Value }
    : { readonly [K in Name]: Value }

export interface RequestOptions {
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

type Repeatable<E extends Endpoint> = E['method'] extends 'GET'
  ? unknown
  : {
      /** Repeats under the same key get the first answer. */
      readonly idempotencyKey?: string
    }

type Versioned<E extends Endpoint> = E['versioned'] extends true
  ? E['method'] extends 'GET'
    ? unknown
    : {
        /** The version that the change is based on. */
        readonly ifMatch: number
      }
  : unknown

type TakesRefreshToken<E extends Endpoint> = E extends {
  readonly session: 'renews' | 'ends'
  readonly access: { readonly kind: 'public' }
}
  ? true
  : false

type Resumable<E extends Endpoint> = E['success'] extends EventStreamReply
  ? {
      /** Id of the last event seen. */
      readonly lastEventId?: string
    }
  : unknown

/** Who keeps the session: the caller, who hands out the access token, or the browser. */
export type SessionMode = 'bearer' | 'cookie'

export type CallInput<E extends Endpoint, M extends SessionMode = 'bearer'> = Part<
  'params',
  InputOf<E['params']>
> &
  Part<'query', InputOf<E['query']>> &
  Part<
    'body',
    M extends 'cookie'
      ? TakesRefreshToken<E> extends true
        ? never
        : BodyInputOf<E['body']>
      : BodyInputOf<E['body']>
  > &
  Versioned<E> &
  Repeatable<E> &
  Resumable<E> &
  RequestOptions

/** An open event stream. Iterate it once; `lastEventId` is where to resume. */
export interface EventSubscription<T> extends AsyncIterable<ServerSentEvent<T>> {
  readonly lastEventId: string | undefined
  close(): Promise<void>
}

/** The body of an answer that is not JSON. */
export interface ReceivedContent {
  readonly contentType: string
  readonly response: Response
}

type AlternativeOf<A> = A extends readonly (infer R)[] ? ResultOf<R> : never

type ResultOf<R> =
  R extends JsonReply<infer S>
    ? z.output<S>
    : R extends EmptyReply
      ? void
      : R extends ContentReply
        ? ReceivedContent
        : R extends EventStreamReply<infer S>
          ? EventSubscription<z.output<S>>
          : R extends RedirectReply
            ? URL
            : never

type SuccessOf<E extends Endpoint, M extends SessionMode> = [M, E['session']] extends [
  'cookie',
  'opens' | 'renews',
]
  ? WithoutTokens<ResultOf<E['success']>>
  : ResultOf<E['success']>

export type CallResult<E extends Endpoint, M extends SessionMode = 'bearer'> =
  | SuccessOf<E, M>
  | AlternativeOf<E['alternatives']>

type Caller<E extends Endpoint, M extends SessionMode> =
  Record<never, never> extends CallInput<E, M>
    ? (input?: CallInput<E, M>) => Promise<CallResult<E, M>>
    : (input: CallInput<E, M>) => Promise<CallResult<E, M>>

/** One function per endpoint, by name of the contract. */
export type ApiClient<C extends Readonly<Record<string, Contract>>, M extends SessionMode = 'bearer'> = {
  readonly [K in keyof C]: { readonly [N in keyof C[K]['endpoints']]: Caller<C[K]['endpoints'][N], M> }
}
