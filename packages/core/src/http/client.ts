import type { Contract, Endpoint } from '../contract/contract.ts'
import type { JsonReply, Reply } from '../contract/media.ts'
import { transportHeader, withoutTokens } from '../contract/session-use.ts'
import type { ApiClient, SessionMode } from './client-types.ts'
import { EventSubscriptionReader } from './event-subscription.ts'
import { ProblemError, toProblemError } from './problem-error.ts'

export interface ClientOptions<M extends SessionMode = SessionMode> {
  /** Without a trailing slash; the contracts' paths are absolute. */
  readonly baseUrl: string
  /** @default the global `fetch` */
  readonly fetch?: (request: Request) => Promise<Response>
  /** The access token for each call that needs one. */
  readonly token?: () => string | Promise<string>
  /** `cookie` in a page of the product: the browser keeps the session, and no code of the page sees it. @default 'bearer' */
  readonly session?: M
}

/** What a call may be given; which of it an endpoint takes, its types say. */
interface Input {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly ifMatch?: number
  readonly idempotencyKey?: string
  readonly lastEventId?: string
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A client for contracts, as the same contracts type it: `client.session.list({ query: { limit: 10 } })`. Answers are
 * checked against their schemas.
 *
 * @throws ProblemError from every call that the server refuses.
 */
export function createClient<
  const C extends Readonly<Record<string, Contract>>,
  M extends SessionMode = 'bearer',
>(contracts: C, options: ClientOptions<M>): ApiClient<C, M> {
  const client = Object.entries(contracts).map(([name, { prefix, endpoints }]) => {
    const calls = Object.entries(endpoints).map(([key, endpoint]) => [
      key,
      (input?: Input) => call(prefix, endpoint, input ?? {}, options),
    ])
    return [name, Object.fromEntries(calls)]
  })
  return Object.fromEntries(client) as ApiClient<C, M>
}

async function call(
  prefix: string,
  endpoint: Endpoint,
  input: Input,
  options: ClientOptions,
): Promise<unknown> {
  const { fetch = (request: Request) => globalThis.fetch(request) } = options
  const response = await fetch(await toRequest(prefix, endpoint, input, options))
  const reply = [endpoint.success, ...(endpoint.alternatives ?? [])].find(
    ({ status }) => status === response.status,
  )
  if (!reply) throw await toProblemError(response)
  const isCookie = options.session === 'cookie' && reply === endpoint.success
  return fromResponse(isCookie ? inCookieMode(endpoint, reply) : reply, response, input)
}

const inCookieMode = ({ session }: Endpoint, reply: Reply): Reply =>
  reply.kind === 'json' && (session === 'opens' || session === 'renews')
    ? { ...reply, schema: withoutTokens(reply.schema) }
    : reply

async function toRequest(
  prefix: string,
  endpoint: Endpoint,
  input: Input,
  { baseUrl, token, session }: ClientOptions,
): Promise<Request> {
  const { access, body } = endpoint
  const headers = new Headers({ accept: 'application/json, application/problem+json, */*;q=0.5' })
  if (token && access.kind !== 'public' && access.kind !== 'webhook')
    headers.set('authorization', `Bearer ${await token()}`)
  if (session === 'cookie' && endpoint.session === 'opens') headers.set(transportHeader, 'cookie')
  if (input.ifMatch !== undefined) headers.set('if-match', `"${input.ifMatch}"`)
  if (input.idempotencyKey !== undefined) headers.set('idempotency-key', input.idempotencyKey)
  if (input.lastEventId !== undefined) headers.set('last-event-id', input.lastEventId)
  const content = body && input.body !== undefined ? toBody(body.kind, input.body) : undefined
  if (body && content !== undefined)
    headers.set('content-type', contentType(body.kind, body.kind === 'raw' ? body.contentTypes : []))
  for (const [name, value] of Object.entries(input.headers ?? {})) headers.set(name, value)
  return new Request(`${baseUrl}${pathOf(prefix + endpoint.path, input.params)}${queryOf(input.query)}`, {
    method: endpoint.method,
    headers,
    // A credential must not follow wherever somebody redirects to.
    redirect: 'manual',
    ...(content !== undefined && { body: content }),
    ...(input.signal && { signal: input.signal }),
  })
}

function toBody(kind: 'json' | 'form' | 'raw', value: unknown): string | Uint8Array<ArrayBuffer> {
  if (kind === 'json') return JSON.stringify(value)
  if (kind === 'raw') return value as string | Uint8Array<ArrayBuffer>
  return toForm(value as Readonly<Record<string, unknown>>).toString()
}

const contentType = (kind: 'json' | 'form' | 'raw', rawTypes: readonly string[]): string =>
  kind === 'json'
    ? 'application/json'
    : kind === 'form'
      ? 'application/x-www-form-urlencoded'
      : (rawTypes[0] ?? 'application/octet-stream')

const pathOf = (path: string, params: Readonly<Record<string, unknown>> = {}): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name]))) || '/'

function queryOf(query: Readonly<Record<string, unknown>> = {}): string {
  const text = toForm(query).toString()
  return text === '' ? '' : `?${text}`
}

function toForm(fields: Readonly<Record<string, unknown>>): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined)
      form.set(name, value instanceof Date ? value.toISOString() : String(value as string | number | boolean))
  }
  return form
}

async function fromResponse(reply: Reply, response: Response, { lastEventId }: Input): Promise<unknown> {
  switch (reply.kind) {
    case 'json':
      return fromJson(reply, response)
    case 'empty':
      await response.body?.cancel()
      return undefined
    case 'content':
      return { contentType: response.headers.get('content-type') ?? '', response }
    case 'redirect':
      return new URL(response.headers.get('location') ?? '')
    case 'eventStream': {
      if (response.body === null)
        throw new ProblemError({ status: response.status, title: 'The event stream has no body.' })
      return new EventSubscriptionReader(response.body, reply.schema, lastEventId)
    }
  }
}

async function fromJson({ schema }: JsonReply, response: Response): Promise<unknown> {
  const result = schema.safeParse(await response.json())
  if (result.success) return result.data
  throw new Error('The answer does not fit the contract. Bring client and server to the same version.', {
    cause: result.error,
  })
}
