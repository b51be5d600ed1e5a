import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface Patience {
  /** Longest time, in milliseconds, for which a client may send or take nothing while it is its turn. */
  readonly stallTimeoutMs: number
  /** Least bytes per second of a request's body, measured over each `stallTimeoutMs`. */
  readonly minBodyRate: number
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** Begin of the time over which the body is measured, and what the connection had brought by then. */
  since: number
  bytes: number
}

const sweepMs = 500

/**
 * Ends clients that hold a connection for nothing (RFC 9110 §9.5 leaves it to us): a body slower than the least rate, an answer that
 * nobody takes. A large body that comes steadily may take as long as it needs, and an event stream on which nothing happens waits for
 * nobody. Returns what ends the watch.
 */
export function endSlowClients(server: Server, { stallTimeoutMs, minBodyRate }: Patience): () => void {
  const exchanges = new Map<Socket, Exchange>()
  const leastBytes = (minBodyRate * stallTimeoutMs) / 1000

  server.prependListener('request', (incoming, outgoing) => {
    const { socket } = incoming
    exchanges.set(socket, { incoming, outgoing, since: performance.now(), bytes: socket.bytesRead })
  })

  const sweep = setInterval(() => {
    const now = performance.now()
    for (const [socket, exchange] of exchanges) {
      if (socket.destroyed) exchanges.delete(socket)
      if (exchange.incoming.complete || now - exchange.since < stallTimeoutMs) continue
      // A body that is stopped because nobody here reads it is not the client's fault.
      if (
        exchange.incoming.readableLength < exchange.incoming.readableHighWaterMark &&
        socket.bytesRead - exchange.bytes < leastBytes
      )
        socket.destroy()
      exchange.since = now
      exchange.bytes = socket.bytesRead
    }
  }, sweepMs)
  sweep.unref()

  // Node looks again after the same time when the kernel has taken anything meanwhile: two of these are the limit.
  server.setTimeout(stallTimeoutMs / 2, (socket: Socket) => {
    const exchange = exchanges.get(socket)
    const isIdle = exchange === undefined || exchange.outgoing.writableFinished
    if (isIdle || socket.writableLength > 0) socket.destroy()
  })
  return () => clearInterval(sweep)
}
