import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises'
import type { Connection, DirectHandler, FetchHandler } from '@corbel/core'
import { toNodeHandler } from '@corbel/core/node'
import { H3, serve } from 'h3'
import type { ServerRequest } from 'srvx'
import { HostError } from './host-error.ts'
import { isAbandoned, limitPipelining } from './pipelining.ts'
import { endSlowClients, type Patience } from './slow-clients.ts'

export interface ServerOptions extends Partial<Patience> {
  readonly host: string
  readonly port: number
  /** Of any request, whatever answers it; what the stack's own endpoints take is its own setting. */
  readonly maxBodyBytes: number
  readonly fetch: FetchHandler | DirectHandler
}

export interface RunningServer {
  /** Without a trailing slash. */
  readonly url: string
  /**
   * Accepts no connection more, and resolves when every request is answered, or cut off after `limitMs`. Connections that are kept
   * alive are closed by their next answer, or when none came for `quietMs`: one that is closed under a request on its way fails it.
   */
  close(limits: { readonly limitMs: number; readonly quietMs: number }): Promise<void>
}

const connectionsCheckingInterval = 1000
// None: a large body takes its time, and a slow one has a least rate.
const requestTimeout = 0

const defaultPatience: Patience = { stallTimeoutMs: 8_000, minBodyRate: 500 }

// Longer than the 60 s of common load balancers, so that it is they who close an idle connection.
const keepAliveTimeout = 65_000

const sweepMs = 50

/** @throws HostError when nothing can listen there. */
export async function startServer({
  host,
  port,
  maxBodyBytes,
  fetch,
  stallTimeoutMs = defaultPatience.stallTimeoutMs,
  minBodyRate = defaultPatience.minBodyRate,
}: ServerOptions): Promise<RunningServer> {
  const http = createServer(
    { headersTimeout: stallTimeoutMs, requestTimeout, connectionsCheckingInterval, keepAliveTimeout },
    createListener(fetch, maxBodyBytes),
  ).listen(port, host)
  await once(http, 'listening').catch((error: unknown) => {
    throw unusable(error, host, port)
  })
  const endWatch = endSlowClients(http, { stallTimeoutMs, minBodyRate })
  limitPipelining(http)
  const address = http.address() as AddressInfo
  return {
    url: `http://${urlHost(address)}:${address.port}`,
    async close({ limitMs, quietMs }) {
      const closed = once(http, 'close')
      await idleTurn()
      // That of `http.Server` would close idle connections at once.
      NetServer.prototype.close.call(http)
      // Not before: clients would come back by new connections, of which the last are reset.
      http.prependListener('request', (_, response) => {
        response.shouldKeepAlive = false
      })
      const limit = setTimeout(() => http.closeAllConnections(), limitMs)
      await Promise.race([closed, delay(quietMs)])
      // A connection kept alive is idle again after its answer, and then it must not hold up the end.
      http.closeIdleConnections()
      const sweep = setInterval(() => http.closeIdleConnections(), sweepMs)
      await closed
      clearInterval(sweep)
      clearTimeout(limit)
      endWatch()
    },
  }
}

// Half a millisecond of connections, at a thousand a second, is none.
const shortTurnMs = 0.5
const longestWaitMs = 1000

/**
 * Waits for a turn of the event loop with nothing to do. Connections that the kernel has made and nobody has accepted are reset when a
 * server closes: after such a turn there are none.
 */
async function idleTurn(): Promise<void> {
  const giveUp = performance.now() + longestWaitMs
  for (let now = performance.now(), began = -Infinity; now - began > shortTurnMs && now < giveUp;) {
    began = now
    await immediate()
    now = performance.now()
  }
}

/** What the stack has a route for goes there directly, at a third of the cost; all else goes through h3, which is the place for more. */
function createListener(fetch: FetchHandler | DirectHandler, maxBodyBytes: number): RequestListener {
  const viaH3 = h3Listener(fetch, maxBodyBytes)
  if (!('serves' in fetch)) return viaH3
  const direct = toNodeHandler(fetch)
  return (incoming, outgoing) => {
    const listener = fetch.serves(incoming.method ?? '', incoming.url ?? '') ? direct : viaH3
    return listener(incoming, outgoing)
  }
}

function h3Listener(fetch: FetchHandler, maxBodyBytes: number): RequestListener {
  // The stack answers what it cannot decode with a problem document like any other.
  const app = new H3({ allowMalformedURL: true })
  app.all('/**', ({ req }) => {
    if (isAbandoned(req.runtime?.node?.req.socket)) return new Response(null, { status: 408 })
    return fetch(req, connectionOf(req))
  })
  // Its own server never listens, so there is none for it to shut down.
  const { node } = serve(app, {
    manual: true,
    silent: true,
    maxRequestBodySize: maxBodyBytes,
    gracefulShutdown: false,
  })
  if (node?.handler === undefined) throw new Error('h3 serves without node:http.')
  return node.handler as RequestListener
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
