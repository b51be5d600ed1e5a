import type { StreamLimit } from '../contract/contract.ts'
import { DomainError } from '../kernel/errors.ts'
import { createClientIp } from './client-ip.ts'
import { createCors } from './cors.ts'
import { createEndpointRunner, type EndpointRunner, type Exchange } from './endpoint-runner.ts'
import { EventStream } from './event-stream.ts'
import type { FetchHandlerOptions } from './fetch-handler-options.ts'
import type { HttpApi } from './http-api.ts'
import { guarded } from './guarded.ts'
import { isHost } from './host-header.ts'
import { HttpErrors } from './http-errors.ts'
import type { IncomingRequest } from './http-request.ts'
import type { Route } from './implement.ts'
import { createMonitorCheck } from './monitor-access.ts'
import { toOAuthError } from './oauth-error.ts'
import { parseTarget } from './path.ts'
import type { Principal } from './principal.ts'
import { problemHeaders, toProblem } from './problem.ts'
import { RequestContext } from './request-context.ts'
import { addResourceMetadata, resourceMetadataPath } from './resource-metadata.ts'
import type { Answer } from './response-writer.ts'
import { createRouter } from './router.ts'
import { securityHeaders } from './security-headers.ts'
import { StreamSlots } from './stream-slots.ts'

interface Entry {
  readonly route: Route
  readonly run: EndpointRunner
}

/** What became known of a request while it was answered. */
interface Trail {
  route: Route | null
  exchange: Exchange | null
}

/**
 * Serves routes. Everything that does not depend on a request is prepared here.
 *
 * @throws Error when routes contradict each other or need what the options do not have.
 */
export function createHttpApi(options: FetchHandlerOptions): HttpApi {
  const { clock, onDefect, onResponse } = options
  const checkMonitor = createMonitorCheck(options.monitorToken)
  const slots = new Map<string, StreamSlots>()
  const slotsOf = (limit: StreamLimit): StreamSlots | null => {
    const most = options.limitOf?.(limit) ?? limit.limit
    const shared = slots.get(limit.name) ?? new StreamSlots(most)
    slots.set(limit.name, shared)
    return most > 0 ? shared : null
  }
  const router = createRouter<Entry>(
    options.routes.map((route) => ({
      route,
      run: createEndpointRunner(route, options, checkMonitor, slotsOf),
    })),
  )
  const clientIp = createClientIp(options.trustedProxies ?? [])
  const cors = createCors(options.cors ?? { origins: [] })
  const base = securityHeaders(options.publicUrl)

  const metadata = options.routes.find(({ path }) => path === resourceMetadataPath)
  const resourceMetadata = metadata && `${options.publicUrl}${metadata.path}`

  const toAnswer = (
    error: unknown,
    context: RequestContext,
    headers: Record<string, string>,
    route: Route | null,
  ): Answer => {
    if (!(error instanceof DomainError)) guarded(() => onDefect?.(error, context))
    delete headers['etag']
    headers['cache-control'] = 'no-store'
    Object.assign(headers, problemHeaders(error))
    addResourceMetadata(headers, resourceMetadata)
    if (route?.endpoint.errorForm === 'oauth') {
      headers['content-type'] = 'application/json'
      const status = error instanceof DomainError ? error.status : 500
      return { status, body: JSON.stringify(toOAuthError(error)) }
    }
    const problem = toProblem(error, context.requestId)
    return { status: problem.status, body: JSON.stringify(problem) }
  }

  const answer = (
    request: IncomingRequest,
    context: RequestContext,
    headers: Record<string, string>,
    trail: Trail,
  ) => {
    if (!isHost(request.headers.get('host'))) {
      throw HttpErrors.invalidRequest({ detail: 'Host must be one host name with an optional port.' })
    }
    const target = parseTarget(request.target)
    const match = router.find(request.method, target.path)
    if (!match) return unmatched(request, target.path, headers)
    trail.route = match.value.route
    const onFailure = (error: unknown): unknown => {
      if (!(error instanceof DomainError)) guarded(() => onDefect?.(error, context))
      return toProblem(error, context.requestId)
    }
    trail.exchange = { request, target, params: match.params, context, headers, onFailure, principal: null }
    return match.value.run(trail.exchange)
  }

  const unmatched = (request: IncomingRequest, path: string, headers: Record<string, string>): Answer => {
    const allowed = router.allowed(path)
    if (allowed.length === 0) throw HttpErrors.notFound()
    const allow = allowed.join(', ')
    if (request.method !== 'OPTIONS') throw HttpErrors.methodNotAllowed({ headers: { allow } })
    headers['allow'] = allow
    if (request.headers.has('access-control-request-method')) {
      cors.applyPreflight(request.headers.get('origin'), allowed, headers)
    }
    return { status: 204, body: null }
  }

  return {
    async handle(request) {
      const started = performance.now()
      const { method } = request
      const forwardedFor = request.headers.get('x-forwarded-for')
      const context = new RequestContext(
        request.headers,
        clientIp(request.remoteAddress, forwardedFor),
        clock,
      )
      // What follows a spread in a literal is added by the runtime, at ten times the cost of an assignment.
      const headers: Record<string, string> = { ...base }
      headers['x-request-id'] = context.requestId
      cors.apply(request.headers.get('origin'), headers)
      const trail: Trail = { route: null, exchange: null }
      let result: Answer
      try {
        result = await answer(request, context, headers, trail)
      } catch (error) {
        result = toAnswer(error, context, headers, trail.route)
      }
      const { status } = result
      const principal: Principal | null = trail.exchange?.principal ?? null
      const durationMs = performance.now() - started
      guarded(() => onResponse?.({ route: trail.route, method, status, durationMs, context, principal }))
      return { status, headers, body: method === 'HEAD' ? withoutBody(result) : result.body }
    },
    serves: (method, target) => {
      const mark = target.indexOf('?')
      return router.find(method, mark === -1 ? target : target.slice(0, mark)) !== undefined
    },
  }
}

/** HEAD gets the headers of GET; a stream that nobody will read is stopped. */
function withoutBody({ body }: Answer): null {
  if (body instanceof ReadableStream) body.cancel().catch(() => {})
  if (body instanceof EventStream) body.cancel()
  return null
}
