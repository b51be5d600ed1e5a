import { DomainError } from '../kernel/errors.ts'
import { createClientIp } from './client-ip.ts'
import { createCors } from './cors.ts'
import { createEndpointRunner, type EndpointRunner, type Exchange } from './endpoint-runner.ts'
import type {
  Connection,
  FetchHandler,
  FetchHandlerOptions,
  ResponseConstructor,
} from './fetch-handler-options.ts'
import { HttpErrors } from './http-errors.ts'
import type { Route } from './implement.ts'
import { createMonitorCheck } from './monitor-access.ts'
import { parseTarget, requestTarget, type Target } from './path.ts'
import type { Principal } from './principal.ts'
import { problemHeaders, toProblem } from './problem.ts'
import { RequestContext } from './request-context.ts'
import type { Answer } from './response-writer.ts'
import { createRouter } from './router.ts'
import { securityHeaders } from './security-headers.ts'

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
 * Serves routes as one function over web-standard requests. Everything that does not depend on a request is prepared here.
 *
 * @throws Error when routes contradict each other or need what the options do not have.
 */
export function createFetchHandler(options: FetchHandlerOptions): FetchHandler {
  const { clock, onDefect, onResponse } = options
  const checkMonitor = createMonitorCheck(options.monitorToken)
  const router = createRouter<Entry>(
    options.routes.map((route) => ({ route, run: createEndpointRunner(route, options, checkMonitor) })),
  )
  const clientIp = createClientIp(options.trustedProxies ?? [])
  const cors = createCors(options.cors ?? { origins: [] })
  const base = securityHeaders(options.publicUrl)
  const NewResponse: ResponseConstructor = options.Response ?? Response

  const toAnswer = (error: unknown, context: RequestContext, headers: Record<string, string>): Answer => {
    if (!(error instanceof DomainError)) guarded(() => onDefect?.(error, context))
    delete headers['etag']
    headers['cache-control'] = 'no-store'
    Object.assign(headers, problemHeaders(error))
    const problem = toProblem(error, context.requestId)
    return { status: problem.status, body: JSON.stringify(problem) }
  }

  const answer = (
    request: Request,
    connection: Connection,
    context: RequestContext,
    headers: Record<string, string>,
    trail: Trail,
  ) => {
    const { method } = request
    const target = targetOf(request, connection)
    const match = router.find(method, target.path)
    if (!match) return unmatched(request, target.path, headers)
    trail.route = match.value.route
    const onFailure = (error: unknown): unknown => {
      if (!(error instanceof DomainError)) guarded(() => onDefect?.(error, context))
      return toProblem(error, context.requestId)
    }
    trail.exchange = {
      request,
      target,
      params: match.params,
      context,
      connection,
      headers,
      onFailure,
      principal: null,
    }
    return match.value.run(trail.exchange)
  }

  const unmatched = (request: Request, path: string, headers: Record<string, string>): Answer => {
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

  return async (request, given) => {
    const started = performance.now()
    const connection = given ?? connectionOf(request)
    const context = new RequestContext(
      request.headers,
      clientIp(connection.remoteAddress, request.headers.get('x-forwarded-for')),
      clock,
    )
    const headers: Record<string, string> = { ...base, 'x-request-id': context.requestId }
    cors.apply(request.headers.get('origin'), headers)
    const trail: Trail = { route: null, exchange: null }
    let result: Answer
    try {
      result = await answer(request, connection, context, headers, trail)
    } catch (error) {
      result = toAnswer(error, context, headers)
    }
    const { status } = result
    const principal: Principal | null = trail.exchange?.principal ?? null
    const durationMs = performance.now() - started
    guarded(() =>
      onResponse?.({ route: trail.route, method: request.method, status, durationMs, context, principal }),
    )
    return new NewResponse(request.method === 'HEAD' ? withoutBody(result) : result.body, { status, headers })
  }
}

/** HEAD gets the headers of GET; a stream that nobody will read is stopped. */
function withoutBody({ body }: Answer): null {
  if (body instanceof ReadableStream) body.cancel().catch(() => {})
  return null
}

/** What observes a request cannot fail it. */
function guarded(observe: () => void): void {
  try {
    observe()
  } catch {
    // There is nobody left to tell: the observer is where failures are told.
  }
}

function connectionOf(request: Request): Connection {
  const { ip } = request as { readonly ip?: unknown }
  return typeof ip === 'string' ? { remoteAddress: ip } : {}
}

// RFC 9110 §7.2, without the comma: whoever reads the first of two and whoever reads the last would disagree about whom it is for.
const hostForm = /^(?:[\w.~!$&'()*+;=%-]*|\[[\da-f:.]+\])(?::\d{0,5})?$/i

function targetOf(request: Request, { target }: Connection): Target {
  const host = request.headers.get('host')
  if (host !== null && !hostForm.test(host)) {
    throw HttpErrors.invalidRequest({ detail: 'Host must be one host name with an optional port.' })
  }
  return parseTarget(target ?? requestTarget(request.url))
}
