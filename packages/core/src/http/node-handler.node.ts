import type { IncomingMessage, ServerResponse } from 'node:http'
import { DomainError } from '../kernel/errors.ts'
import { newId } from '../kernel/id.ts'
import { EventStream } from './event-stream.ts'
import type { DirectHandler } from './fetch-handler-options.ts'
import type { RequestHandler } from './http-api.ts'
import { HttpErrors } from './http-errors.ts'
import { findBody, type FrameworkRequest } from './node-body.node.ts'
import { convert, type NodeMountable, type NodeResponder } from './node-conversion.node.ts'
import { NodeRequest } from './node-request.node.ts'
import { sendHttpResponse } from './node-response.node.ts'
import { problemHeaders, toProblem } from './problem.ts'

export type { NodeMountable } from './node-conversion.node.ts'

export interface NodeHandlerOptions {
  /** Where the host mounts the API, such as `/backend`, when the contracts' own paths do not begin with it. */
  readonly basePath?: `/${string}` | undefined
  /** Told when the mounted handler fails, and once when bodies reach the API already parsed. @default process.emitWarning */
  readonly onWarning?: ((message: string) => void) | undefined
}

/** A request listener for `node:http`, Express and Koa. Never throws and never rejects. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

// A client that is still sending an oversized body reads no answer if its connection is cut at once.
const lingerMs = 2000

const parsedWarning =
  'The host parsed request bodies before the API, so repeated JSON keys go unnoticed and webhooks cannot check signatures. Mount the API before body parsers such as express.json().'

/**
 * Mounts a fetch handler on Node. That of a stack is asked without `Request` and `Response`, which would cost as much as all the rest.
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
  handle: NodeMountable | DirectHandler,
  { basePath = '/', onWarning = emitWarning }: NodeHandlerOptions = {},
): NodeHandler {
  const base = basePath.replace(/\/+$/, '')
  let hasWarned = false

  const respond = 'handle' in handle ? direct(handle.handle) : convert(handle, lingerIfUnread)

  const answer = (incoming: FrameworkRequest, outgoing: ServerResponse): Promise<void> => {
    const target = withoutBase(incoming.originalUrl ?? incoming.url ?? '/', base)
    const found = findBody(incoming)
    if (found.state === 'parsed' && !hasWarned) {
      hasWarned = true
      onWarning(parsedWarning)
    }
    return respond(incoming, outgoing, target, found)
  }

  return async (incoming, outgoing) => {
    // Of several requests in one packet, those after the one for which the connection was ended.
    if (incoming.socket.destroyed) return
    try {
      await answer(incoming, outgoing)
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

const direct =
  (handle: RequestHandler): NodeResponder =>
  async (incoming, outgoing, target, found) => {
    const response = await handle(new NodeRequest(incoming, outgoing, target, found))
    if (outgoing.writableEnded || outgoing.destroyed) {
      const { body } = response
      if (body instanceof EventStream) body.cancel()
      if (body instanceof ReadableStream) await body.cancel()
      return
    }
    lingerIfUnread(incoming, outgoing)
    sendHttpResponse(outgoing, response)
  }

function lingerIfUnread(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (!incoming.complete) outgoing.once('finish', () => linger(incoming))
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
