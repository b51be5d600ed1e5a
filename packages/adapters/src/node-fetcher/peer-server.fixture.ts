import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FetcherPeer } from '@corbel/core/ports'

/** Answers on a real socket with what a peer gives. Counts connections. */
export async function peerServer(address: string, port = 0) {
  let peer: FetcherPeer = async () => new Response('hit')
  let connections = 0
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const response = await peer(await toRequest(incoming))
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      if (response.body) await pipeline(Readable.fromWeb(response.body), outgoing)
      else outgoing.end()
    }
    answer().catch(() => outgoing.destroy())
  })
  // What a client asks of a proxy.
  server.on('connect', (_request, socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  server.on('connection', () => void (connections += 1))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    serve: (next: FetcherPeer) => void (peer = next),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const headers = Object.entries(incoming.headers).filter(
    ([name]) => name !== 'host' && name !== 'connection',
  )
  const { method = 'GET' } = incoming
  return new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
    ...(method !== 'GET' && method !== 'HEAD' && { body: Buffer.concat(chunks) }),
  })
}
