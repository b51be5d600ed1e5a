import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GatewayServer {
  readonly port: number
  readonly url: string
  close(): void
}

/** The same API over HTTP, for programs of their own. */
export async function serveGateway(handle: typeof fetch): Promise<GatewayServer> {
  const server = createServer((request, response) => {
    answer(request)
      .then(async (reply) => {
        response.writeHead(reply.status, Object.fromEntries(reply.headers))
        response.end(await reply.text())
      })
      // Whoever asked was killed.
      .catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`

  async function answer(request: IncomingMessage): Promise<Response> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const headers = new Headers(
      Object.entries(request.headersDistinct).map(([name, values]) => [name, String(values)]),
    )
    const { method = 'GET' } = request
    const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) }
    return handle(url + (request.url ?? ''), { method, headers, ...body })
  }

  return {
    port,
    url,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
