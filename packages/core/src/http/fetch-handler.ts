import { createHttpApi } from './create-http-api.ts'
import { EventStream } from './event-stream.ts'
import type {
  Connection,
  DirectHandler,
  FetchHandlerOptions,
  ResponseConstructor,
} from './fetch-handler-options.ts'
import type { HttpApi } from './http-api.ts'
import { toReadableStream } from './readable-events.ts'
import { WebRequest } from './web-request.ts'

/**
 * Serves routes as one function over web-standard requests. Everything that does not depend on a request is prepared here.
 *
 * @throws Error when routes contradict each other or need what the options do not have.
 */
export const createFetchHandler = (options: FetchHandlerOptions): DirectHandler =>
  toFetchHandler(createHttpApi(options), options.Response)

export function toFetchHandler(
  { handle, serves }: HttpApi,
  NewResponse: ResponseConstructor = Response,
): DirectHandler {
  const fetch = async (request: Request, connection = connectionOf(request)): Promise<Response> => {
    const { status, headers, body } = await handle(new WebRequest(request, connection))
    const sent = body instanceof EventStream ? toReadableStream(body, request.signal) : body
    return new NewResponse(sent, { status, headers })
  }
  return Object.assign(fetch, { handle, serves })
}

function connectionOf(request: Request): Connection {
  const { ip } = request as { readonly ip?: unknown }
  return typeof ip === 'string' ? { remoteAddress: ip } : {}
}
