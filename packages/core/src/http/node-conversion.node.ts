import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest as WebNodeRequest, sendNodeResponse } from 'srvx/node'
import type { Connection } from './fetch-handler-options.ts'
import { HttpErrors } from './http-errors.ts'
import type { FoundBody } from './node-body.node.ts'

/** A fetch handler, ours or any other. */
export type NodeMountable = (request: Request, connection: Connection) => Promise<Response> | Response

/** Answers one request of `node:http`. */
export type NodeResponder = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  found: FoundBody,
) => Promise<void>

/** By way of a `Request` and a `Response`, for handlers that know nothing else. */
export function convert(handle: NodeMountable, beforeSending: NodeSending): NodeResponder {
  return async (incoming, outgoing, target, { state, bytes }) => {
    const response = await handle(toRequest(incoming, outgoing, target, bytes), {
      remoteAddress: incoming.socket.remoteAddress,
      target,
      body: state,
    })
    if (outgoing.writableEnded || outgoing.destroyed) {
      await response.body?.cancel()
      return
    }
    beforeSending(incoming, outgoing)
    const sent = sendNodeResponse(outgoing, response)
    // A stream's headers leave before its first byte.
    if (!outgoing.writableEnded) outgoing.flushHeaders()
    await sent
  }
}

/** What is to be done once there is an answer and before it is sent. */
export type NodeSending = (incoming: IncomingMessage, outgoing: ServerResponse) => void

function toRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  bytes: Uint8Array<ArrayBuffer> | null,
): Request {
  const own = incoming.url
  // srvx reads the URL from here; it is read at once, so that the router gets its own back.
  incoming.url = target.startsWith('/') ? target : '/'
  const request: Request = new WebNodeRequest({ req: incoming, res: outgoing })
  const url = urlOf(request)
  if (own !== undefined) incoming.url = own
  const { method, headers, signal } = request
  if (bytes === null || method === 'GET' || method === 'HEAD') return request
  return new Request(url, { method, headers: [...headers], signal, body: bytes })
}

function urlOf(request: Request): string {
  try {
    return request.url
  } catch (cause) {
    throw HttpErrors.invalidRequest({ detail: 'Host is not a host name with an optional port.' }, { cause })
  }
}
