import type { Tracer } from '../ports/tracer.ts'
import type { RequestHandler } from './http-api.ts'
import type { IncomingRequest } from './http-request.ts'
import type { Route } from './implement.ts'
import { isCanonicalPath } from './path.ts'
import { createRouter } from './router.ts'

export interface TracedHandlerOptions {
  readonly handle: RequestHandler
  readonly tracer: Tracer
  readonly routes: readonly Route[]
  readonly publicUrl: string
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * One span per request, until its answer is ready; of a stream, until its headers are. Named and described as OpenTelemetry's
 * semantic conventions for HTTP servers say, except that the path and the caller's address are left out: paths hold ids and
 * tokens. Continues the trace of the caller's `traceparent`.
 */
export function tracedHandler({ handle, tracer, routes, publicUrl }: TracedHandlerOptions): RequestHandler {
  const router = createRouter(routes.map((route) => ({ route })))
  const { hostname, protocol } = new URL(publicUrl)
  const constant = { 'url.scheme': protocol.slice(0, -1), 'server.address': hostname }

  const routeOf = (request: IncomingRequest): string | undefined => {
    const [path = ''] = request.target.split('?', 1)
    return isCanonicalPath(path) ? router.find(request.method, path)?.value.route.path : undefined
  }

  return (request) => {
    const isKnown = knownMethods.has(request.method)
    const route = routeOf(request)
    const method = isKnown ? request.method : 'HTTP'
    return tracer.within(request.headers.get('traceparent')).span(
      route === undefined ? method : `${method} ${route}`,
      { 'http.request.method': isKnown ? method : '_OTHER', 'http.route': route, ...constant },
      async (span) => {
        request.traceparent = span.traceparent
        const response = await handle(request)
        const { status, headers } = response
        span.set({
          'http.response.status_code': status,
          'corbel.request_id': headers['x-request-id'],
        })
        // A 4xx is the caller's failure, not that of the server.
        if (status >= 500)
          span.fail(Object.assign(new Error('The answer is a failure.'), { code: String(status) }))
        return response
      },
      'server',
    )
  }
}
