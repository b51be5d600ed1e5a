import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest, sendNodeResponse } from 'srvx/node'
import { DomainError } from '../kernel/errors.ts'
import { newId } from '../kernel/id.ts'
import type { Connection } from './fetch-handler-options.ts'
import { findBody, type FrameworkRequest } from './node-body.node.ts'
import { HttpErrors } from './http-errors.ts'
import { problemHeaders, toProblem } from './problem.ts'

export interface NodeHandlerOptions {
  /** Where the host mounts the API, such as `/backend`, when the contracts' own paths do not begin with it. */
  readonly basePath?: `/${string}` | undefined
  /** Told when the mounted handler fails, and once when bodies reach the API already parsed. @default process.emitWarning */
  readonly onWarning?: ((message: string) => void) | undefined
}

/** A request listener for `node:http`, Express and Koa. Never throws and never rejects. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A fetch handler, ours or any other. */
export type NodeMountable = (request: Request, connection: Connection) => Promise<Response> | Response

// A client that is still sending an oversized body reads no answer if its connection is cut at once.
const lingerMs = 2000

const parsedWarning =
  'The host parsed request bodies before the API, so repeated JSON keys go unnoticed and webhooks cannot check signatures. Mount the API before body parsers such as express.json().'

/**
 * Mounts a fetch handler on Node.
 *
 * - `node:http`: `createServer(toNodeHandler(stack.fetch))`
 * - Express 5: `app.use(toNodeHandler(stack.fetch))` before body parsers; below a path that the contracts do not know,
 *   `app.use('/backend', toNodeHandler(stack.fetch, { basePath: '/backend' }))`
 * - Koa 3: `app.use(async (ctx) => { ctx.respond = false; await handler(ctx.req, ctx.res) })`
 *
 * The original target counts, whatever a router cut off. `request.signal` aborts when the client leaves, and a streamed
 * answer is stopped; it is read no faster than the client takes it.
 */
export function toNodeHandler(
  handle: NodeMountable,
  { basePath = '/', onWarning = emitWarning }: NodeHandlerOptions = {},
): NodeHandler {
  const base = basePath.replace(/\/+$/, '')
  let hasWarned = false

  const respond = async (incoming: FrameworkRequest, outgoing: ServerResponse): Promise<void> => {
    const target = withoutBase(incoming.originalUrl ?? incoming.url ?? '/', base)
    const { state, bytes } = findBody(incoming)
    if (state === 'parsed' && !hasWarned) {
      hasWarned = true
      onWarning(parsedWarning)
    }
    const request = toRequest(incoming, outgoing, target, bytes)
    const response = await handle(request, {
      remoteAddress: incoming.socket.remoteAddress,
      target,
      body: state,
    })
    if (outgoing.writableEnded || outgoing.destroyed) {
      await response.body?.cancel()
      return
    }
    if (!incoming.complete) outgoing.once('finish', () => linger(incoming))
    const sent = sendNodeResponse(outgoing, response)
    // A stream's headers leave before its first byte.
    if (!outgoing.writableEnded) outgoing.flushHeaders()
    await sent
  }

  return async (incoming, outgoing) => {
    try {
      await respond(incoming, outgoing)
    } catch (error) {
      if (!(error instanceof DomainError))
        onWarning(`The mounted handler failed: ${error instanceof Error ? error.stack : String(error)}`)
      fail(outgoing, error)
    }
  }
}

function withoutBase(target: string, base: string): string {
  if (base === '') return target
  if (!target.startsWith(base) || !/^(?:[/?]|$)/.test(target.slice(base.length))) throw HttpErrors.notFound()
  const rest = target.slice(base.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

function toRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  bytes: Uint8Array<ArrayBuffer> | null,
): Request {
  const own = incoming.url
  // srvx reads the URL from here; it is read at once, so that the router gets its own back.
  incoming.url = target.startsWith('/') ? target : '/'
  const request: Request = new NodeRequest({ req: incoming, res: outgoing })
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

function linger(incoming: IncomingMessage): void {
  if (incoming.complete) return
  setTimeout(() => {
    if (!incoming.complete) incoming.socket.destroy()
  }, lingerMs).unref()
}

function fail(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent || outgoing.destroyed) {
    outgoing.destroy()
    return
  }
  const problem = toProblem(error, newId('req'))
  const headers = { ...problemHeaders(error), 'cache-control': 'no-store', 'x-request-id': problem.requestId }
  outgoing.writeHead(problem.status, headers).end(JSON.stringify(problem))
}

const emitWarning = (message: string): void => process.emitWarning(message)
