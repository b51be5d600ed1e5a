import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

/** A way to a local port on which everything sent so far can be made to lead nowhere, as behind a dead router. */
export interface Line {
  readonly port: number
  /** Nothing gets through on the connections there are, and nobody hangs up; new ones work. */
  breakSilently(): void
  close(): void
}

export async function openLine(port: number): Promise<Line> {
  const live = new Set<{ readonly near: Socket; readonly far: Socket }>()
  const dead: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = createConnection(port, '127.0.0.1')
    for (const socket of [near, far]) socket.on('error', () => {})
    near.pipe(far)
    far.pipe(near)
    live.add({ near, far })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    breakSilently() {
      for (const { near, far } of live) {
        near.unpipe(far)
        far.unpipe(near)
        far.destroy()
        // Takes what comes, or the sender would notice that nobody does.
        near.resume()
        dead.push(near)
      }
      live.clear()
    },
    close() {
      for (const { near, far } of live) for (const socket of [near, far]) socket.destroy()
      for (const socket of dead) socket.destroy()
      server.close()
    },
  }
}
