import type { Server } from 'node:http'
import type { Socket } from 'node:net'

// Browsers send one request after the other; who sends more than a few at once means harm.
const mostAtOnce = 16

/**
 * Ends connections that ask for more at once than anybody needs. All requests of one packet begin together, so that 64 KB of them
 * would ask for a thousand answers, and a client that reads none has them all kept here.
 */
export function limitPipelining(server: Server): void {
  const underWay = new WeakMap<Socket, number>()
  server.prependListener('request', ({ socket }, response) => {
    const count = (underWay.get(socket) ?? 0) + 1
    underWay.set(socket, count)
    if (count > mostAtOnce) socket.destroy()
    response.once('close', () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1))
  })
}

/** For those of the same packet that come after the end: nobody will read their answers. */
export const isAbandoned = (socket: Socket | undefined): boolean => socket?.destroyed === true
