import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

// Browsers send one request after the other; who sends more than a few at once means harm.
const mostAtOnce = 16

/**
 * Ends connections that ask for more at once than anybody needs. All requests of one packet begin together, so that 64 KB of them
 * would ask for a thousand answers, and a client that reads none has them all kept here.
 */
export function limitPipelining(server: Server): void {
  const underWay = new WeakMap<Socket, ServerResponse[]>()
  server.prependListener('request', ({ socket }, response) => {
    const answers = underWay.get(socket)
    if (answers === undefined) {
      underWay.set(socket, [response])
      return
    }
    // Answers leave in the order of their requests. Nearly always there is one, and it has left.
    if (answers.length === 1 && answers[0]?.writableFinished) {
      answers[0] = response
      return
    }
    if (answers.at(-1)?.writableFinished) answers.length = 0
    answers.push(response)
    if (answers.length <= mostAtOnce) return
    while (answers[0]?.writableFinished) answers.shift()
    if (answers.length > mostAtOnce) socket.destroy()
  })
}

/** For those of the same packet that come after the end: nobody will read their answers. */
export const isAbandoned = (socket: Socket | undefined): boolean => socket?.destroyed === true
