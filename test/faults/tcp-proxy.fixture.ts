import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A wire that can be cut, held or slowed, in front of a server on this machine. */
export interface TcpProxy {
  readonly port: number
  /** Nothing is forwarded any more, in either direction, on old connections and new: a partition, not a refusal. */
  blackhole(): void
  /** Forwards again. What was sent into the partition is delivered, as TCP does when it heals. */
  heal(): void
  /** What the server says comes through a byte at a time, ten in a second, until it heals. */
  trickle(): void
  /** Ends every connection with a reset. */
  reset(): void
  /** Lets through this many bytes more of what the server says, over all connections, then resets everything. */
  cutAfter(bytes: number, onCut: () => void): void
  close(): Promise<void>
}

const trickleMs = 100

export async function startProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let isHeld = false
  let isTrickling = false
  let left = Infinity
  let cut: () => void = () => {}

  const resetAll = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }

  async function drip(from: Socket, to: Socket, bytes: Buffer): Promise<void> {
    from.pause()
    for (let at = 0; at < bytes.length && !to.destroyed;) {
      const end = isTrickling ? at + 1 : bytes.length
      to.write(bytes.subarray(at, end))
      at = end
      if (isTrickling) await delay(trickleMs)
    }
    if (!isHeld) from.resume()
  }

  function forward(from: Socket, to: Socket, isAnswer: boolean): void {
    let dripped = Promise.resolve()
    from.on('data', (bytes: Buffer) => {
      if (isAnswer) left -= bytes.length
      if (left < 0) {
        left = Infinity
        resetAll()
        cut()
        return
      }
      if (isAnswer && isTrickling) {
        dripped = drip(from, to, bytes)
        return
      }
      if (!to.write(bytes)) {
        from.pause()
        to.once('drain', () => isHeld || from.resume())
      }
    })
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      // Into a partition not even the end of a connection gets through.
      if (!isHeld) void dripped.then(() => to.destroy())
    })
    from.on('end', () => isHeld || void dripped.then(() => to.end()))
  }

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay(true))
    forward(client, upstream, false)
    forward(upstream, client, true)
    for (const socket of [client, upstream]) {
      if (isHeld) socket.pause()
      else socket.resume()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    blackhole() {
      isHeld = true
      for (const socket of sockets) socket.pause()
    },
    trickle() {
      isTrickling = true
    },
    heal() {
      isHeld = false
      isTrickling = false
      for (const socket of sockets) socket.resume()
    },
    reset: resetAll,
    cutAfter(bytes, onCut) {
      left = bytes
      cut = onCut
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
