import type { AddressInfo } from 'node:net'
import type { Connection, FetchHandler } from '@corbel/core'
import { H3, serve } from 'h3'
import type { ServerRequest } from 'srvx'
import { HostError } from './host-error.ts'
import { isAbandoned, limitPipelining } from './pipelining.ts'

export interface ServerOptions {
  readonly host: string
  readonly port: number
  /** Of any request, whatever answers it; what the stack's own endpoints take is its own setting. */
  readonly maxBodyBytes: number
  readonly fetch: FetchHandler
}

export interface RunningServer {
  /** Without a trailing slash. */
  readonly url: string
  /** Accepts nothing more and resolves when every request is answered, or cut off after `limitMs`. */
  close(limitMs: number): Promise<void>
}

// A client that takes longer to send its headers or its request holds a socket for nothing (RFC 9110 §9.5 leaves it to us).
const headersTimeout = 10_000
const requestTimeout = 30_000
const connectionsCheckingInterval = 1000

// Of a connection on which nothing moves while a request is under way: a client that stops reading is cut off, by Node after twice
// this at the latest. Longer than the 15 s between the comments of an event stream.
const stuckTimeout = 20_000

// Longer than the 60 s of common load balancers, so that it is they who close an idle connection.
const keepAliveTimeout = 65_000

const sweepMs = 50

/** @throws HostError when nothing can listen there. */
export async function startServer({
  host,
  port,
  maxBodyBytes,
  fetch,
}: ServerOptions): Promise<RunningServer> {
  // The stack answers what it cannot decode with a problem document like any other.
  const app = new H3({ allowMalformedURL: true })
  app.all('/**', ({ req }) => {
    if (isAbandoned(req.runtime?.node?.req.socket)) return new Response(null, { status: 408 })
    return fetch(req, connectionOf(req))
  })
  const server = serve(app, {
    hostname: host,
    port,
    silent: true,
    maxRequestBodySize: maxBodyBytes,
    // srvx's own depends on the environment (off with CI or TEST set) and knows nothing of the stack.
    gracefulShutdown: false,
    node: { headersTimeout, requestTimeout, connectionsCheckingInterval, keepAliveTimeout },
  })
  await server.ready().catch((error: unknown) => {
    throw unusable(error, host, port)
  })
  const http = server.node?.server
  if (http === undefined || !('closeIdleConnections' in http)) throw new Error('h3 serves without node:http.')
  http.setTimeout(stuckTimeout)
  limitPipelining(http)
  const address = http.address() as AddressInfo
  return {
    url: `http://${urlHost(address)}:${address.port}`,
    async close(limitMs) {
      // A connection kept alive is idle again after its answer, and then it must not hold up the end.
      const sweep = setInterval(() => http.closeIdleConnections(), sweepMs)
      const limit = setTimeout(() => http.closeAllConnections(), limitMs)
      await server.close()
      clearInterval(sweep)
      clearTimeout(limit)
    },
  }
}

/** The target as it was sent: in `req.url` steps up and backslashes are resolved already, and a proxy may have let them through. */
const connectionOf = (req: ServerRequest): Connection => ({
  remoteAddress: req.ip,
  target: req.runtime?.node?.req.url,
})

/** An address to click on: a wildcard is not one. */
function urlHost({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return family === 'IPv6' ? `[${address}]` : address
}

function unusable(error: unknown, host: string, port: number): unknown {
  const { code } = error as { readonly code?: unknown }
  if (code === 'EADDRINUSE') {
    return new HostError(
      `Port ${port} of ${host} is in use by another process. Stop that process, or set PORT to another port (0 takes any free one).`,
      { cause: error },
    )
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new HostError(
      `Nothing can listen on port ${port} of ${host} (${code}). Set HOST and PORT to an address of this machine.`,
      {
        cause: error,
      },
    )
  }
  return error
}
