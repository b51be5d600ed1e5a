import { needsPrincipal, usesPermissions } from '../contract/access.ts'
import { type DeclaredLimit, rateLimitsOf, type StreamLimit } from '../contract/contract.ts'
import { takesIdempotencyKey } from '../contract/standard-errors.ts'
import { DomainError } from '../kernel/errors.ts'
import { ipBucket } from './client-ip.ts'
import { authorize, requireSameTenant } from './access-check.ts'
import { bearerOf } from './bearer.ts'
import { sha256Of } from './digest.ts'
import { versionOf } from './etag.ts'
import { EventStream } from './event-stream.ts'
import type { FetchHandlerOptions } from './fetch-handler-options.ts'
import { guarded } from './guarded.ts'
import { HttpErrors } from './http-errors.ts'
import type { IncomingRequest } from './http-request.ts'
import { idempotencyKeyOf, runOnce } from './idempotency.ts'
import type { Call, Client, Route } from './implement.ts'
import type { MonitorCheck } from './monitor-access.ts'
import type { Target } from './path.ts'
import { heartbeat } from './open-streams.ts'
import type { Principal } from './principal.ts'
import { createQuotaCheck, type QuotaCheck } from './rate-limit.ts'
import type { RequestContext } from './request-context.ts'
import { createRequestReader, type ReadBody } from './request-reader.ts'
import { type Answer, createResponseWriter } from './response-writer.ts'
import type { StreamSlots } from './stream-slots.ts'
import { type CookieMode, createSessionTransport } from './session-transport.ts'

/** One request on its way through an endpoint. */
export interface Exchange {
  readonly request: IncomingRequest
  readonly target: Target
  readonly params: Readonly<Record<string, string>> | undefined
  readonly context: RequestContext
  /** Headers of the answer so far. */
  readonly headers: Record<string, string>
  /** Reports a failure that is no longer part of the answer; returns its problem document. */
  readonly onFailure: (error: unknown) => unknown
  principal: Principal | null
}

export type EndpointRunner = (exchange: Exchange) => Promise<Answer>

const defaultMaxBodyBytes = 1_048_576

/** Prepares everything about an endpoint that does not depend on the request. */
export function createEndpointRunner(
  route: Route,
  options: FetchHandlerOptions,
  checkMonitor: MonitorCheck,
  slotsOf: (limit: StreamLimit) => StreamSlots | null,
): EndpointRunner {
  const { endpoint } = route
  const { access, streamLimit } = endpoint
  const { authenticate, clock, idempotency, onDenied, requireVerifiedEmail = false } = options
  assertSound(route, options)

  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes
  const slots = streamLimit ? slotsOf(streamLimit) : null
  const held = slots && streamLimit ? { slots, streamLimit } : null
  const watches = [heartbeat, ...(options.streams ? [options.streams] : []), ...(slots ? [slots] : [])]
  const reader = createRequestReader(endpoint, maxBodyBytes)
  const write = createResponseWriter(endpoint, watches)
  const cookies = createSessionTransport(endpoint, options, {
    readBody: reader.body,
    write,
    maxBodyBytes,
    watches,
  })
  const limitOf = (declared: DeclaredLimit): number => options.limitOf?.(declared) ?? declared.limit
  const quotas = rateLimitsOf(endpoint).flatMap(
    (each) => createQuotaCheck(each, limitOf(each), options.rateLimiter) ?? [],
  )
  const needsVersion = endpoint.versioned === true && endpoint.method !== 'GET'
  const isRepeatable = takesIdempotencyKey(endpoint)
  const name = `${endpoint.method} ${route.path}`
  const gate = usesPermissions(access) ? options.gate : undefined

  const admit = async (exchange: Exchange, mode: CookieMode | null): Promise<Principal | null> => {
    const { request } = exchange
    if (access.kind === 'monitor') await checkMonitor(request.headers, request.remoteAddress)
    if (!needsPrincipal(access)) return null
    const credential = mode ? (mode.session?.accessToken ?? null) : bearerOf(request.headers)
    if (credential === null || authenticate === undefined) throw HttpErrors.unauthenticated()
    const principal = await authenticate(credential)
    if (mode && principal.kind !== 'user') throw HttpErrors.invalidToken()
    try {
      requireSameTenant(request.headers, principal)
      authorize(access, principal, { now: clock.now(), requireVerifiedEmail })
      await gate?.({
        principal,
        method: endpoint.method,
        headers: request.headers,
        endpoint: name,
        client: clientOf(exchange, principal),
      })
    } catch (error) {
      if (error instanceof DomainError)
        await onDenied?.({
          principal,
          endpoint: name,
          code: error.code,
          client: clientOf(exchange, principal),
        })
      throw error
    }
    return principal
  }

  const handle = async (
    exchange: Exchange,
    { params, query, body, version }: Pick<Call, 'params' | 'query' | 'body' | 'version'>,
    mode: CookieMode | null,
  ): Promise<Answer> => {
    const { request, principal } = exchange
    const client = clientOf(exchange, principal)
    // The static type of `principal` follows the endpoint's access, which `admit` has just enforced.
    const call = { params, query, body, version, principal: principal as Call['principal'], client, request }
    const value = await route.handle(call)
    return mode ? cookies.write(value, exchange) : write(value, exchange)
  }

  const count = async (exchange: Exchange, check: QuotaCheck): Promise<void> => {
    const { context, headers } = exchange
    const { by, name: policy } = check.rateLimit
    try {
      await check.take(bucketOf(exchange, by), headers)
    } catch (error) {
      if (error instanceof DomainError)
        guarded(() => options.onLimited?.({ policy, by, route, context, principal: exchange.principal }))
      throw error
    }
  }

  /** Lets the work answer with a stream while the caller has not too many. */
  const holdingSlot = async (
    exchange: Exchange,
    { slots, streamLimit }: { readonly slots: StreamSlots; readonly streamLimit: StreamLimit },
    work: () => Promise<Answer>,
  ): Promise<Answer> => {
    const { name: policy, by } = streamLimit
    const bucket = bucketOf(exchange, by)
    const { context, principal } = exchange
    try {
      slots.take(bucket)
    } catch (error) {
      guarded(() => options.onLimited?.({ policy, by, route, context, principal }))
      throw error
    }
    let stream: EventStream | null = null
    try {
      const answer = await work()
      stream = answer.body instanceof EventStream ? answer.body : null
      if (stream) slots.hand(bucket, stream)
      return answer
    } finally {
      if (!stream) slots.free(bucket)
    }
  }

  const run = async (exchange: Exchange, mode: CookieMode | null): Promise<Answer> => {
    const { request, target, headers, context } = exchange
    for (const quota of quotas) if (quota.rateLimit.by === 'ip') await count(exchange, quota)
    const principal =
      access.kind === 'public' || access.kind === 'webhook' ? null : await admit(exchange, mode)
    exchange.principal = principal
    if (principal) for (const quota of quotas) if (quota.rateLimit.by !== 'ip') await count(exchange, quota)
    const params = reader.params(exchange.params)
    const query = reader.query(target.query)
    const version = needsVersion ? versionOf(request.headers) : undefined
    const key = isRepeatable ? idempotencyKeyOf(request.headers) : null
    const body: ReadBody | null =
      endpoint.method === 'GET' ? null : await (mode ? cookies.readBody(request, mode) : reader.body(request))
    const handled = (): Promise<Answer> =>
      handle(exchange, { params, query, body: body?.value, version } as Call, mode)
    const work = (): Promise<Answer> => (held ? holdingSlot(exchange, held, handled) : handled())
    // Awaited here: a promise that is returned takes two turns of the queue more.
    if (key === null || body === null) return await work()
    const caller = principal
      ? `${principal.tenantId}:${principal.subject}`
      : `anonymous:${ipBucket(context.ip)}`
    const fingerprint = await sha256Of(`${request.method} ${target.path}?${target.query}`, body.bytes)
    return runOnce(
      { scope: `${name}:${caller}`, key, fingerprint },
      { store: idempotency, headers, onDefect: (error) => void exchange.onFailure(error) },
      work,
    )
  }

  return async (exchange) => {
    const mode = cookies.modeOf(exchange.request)
    if (mode === null) return await run(exchange, mode)
    try {
      return await run(exchange, mode)
    } catch (error) {
      cookies.failed(error, exchange.headers)
      throw error
    }
  }
}

function bucketOf({ context, principal }: Exchange, by: 'ip' | 'user' | 'tenant'): string {
  if (by === 'ip') return ipBucket(context.ip)
  return (by === 'tenant' ? principal?.tenantId : principal?.subject) ?? ''
}

const clientOf = ({ request, context }: Exchange, principal: Principal | null): Client => ({
  ip: context.ip,
  userAgent: request.headers.get('user-agent'),
  requestId: context.requestId,
  actorId: principal?.subject ?? null,
  impersonatorId: (principal?.kind === 'user' && principal.impersonatorId) || null,
})

function assertSound({ tag, name, endpoint, path }: Route, { authenticate }: FetchHandlerOptions): void {
  const where = `${tag}.${name} (${endpoint.method} ${path})`
  const { access, streamLimit, params } = endpoint
  const knowsCaller = needsPrincipal(access)
  if (knowsCaller && authenticate === undefined) {
    throw new Error(
      `${where} needs a signed-in user, but no module of the stack authenticates. Add one that does, such as auth().`,
    )
  }
  const limited = [...rateLimitsOf(endpoint), ...(streamLimit ? [streamLimit] : [])]
  for (const { by } of limited)
    if (by !== 'ip' && !knowsCaller)
      throw new Error(`${where} is limited by ${by} but nobody is signed in there. Limit it by ip.`)
  const placeholders = Array.from(path.matchAll(/\{(\w+)\}/g), ([, placeholder = '']) => placeholder)
    .toSorted()
    .join()
  const declared = Object.keys(params?.shape ?? {})
    .toSorted()
    .join()
  if (placeholders !== declared) {
    throw new Error(
      `${where} has the placeholders "${placeholders}" but declares the params "${declared}". Make them the same.`,
    )
  }
}
