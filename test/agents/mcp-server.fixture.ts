import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'

export interface McpRequest {
  readonly authorization: string | undefined
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Tool {
  readonly name: string
  readonly description?: string
  readonly inputSchema: object
}

/** A server of the Model Context Protocol on loopback, without sessions. */
export async function mcpServer(
  tools: readonly Tool[],
  call: (name: string, args: unknown) => Promise<string>,
) {
  const requests: McpRequest[] = []
  const state = { mode: 'well' as 'well' | 'silent' | 'broken' }

  async function answer(request: Request): Promise<Response> {
    const server = new Server({ name: 'fake', version: '1' }, { capabilities: { tools: {} } })
    server.setRequestHandler('tools/list', () => ({ tools: tools as never }))
    server.setRequestHandler('tools/call', async ({ params }) => ({
      content: [{ type: 'text', text: await call(params.name, params.arguments) }],
    }))
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await server.connect(transport)
    return transport.handleRequest(request)
  }

  const http = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      // It begins nothing of its own, so it has no stream for that.
      if (incoming.method !== 'POST') return void outgoing.writeHead(405).end()
      const body = Buffer.concat(chunks).toString()
      const { method, params } = JSON.parse(body) as McpRequest
      requests.push({ authorization: incoming.headers.authorization, method, params })
      if (state.mode === 'silent') return
      if (state.mode === 'broken') return void outgoing.writeHead(500).end('<html>internal words</html>')
      const headers = new Headers(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      )
      const response = await answer(new Request('http://127.0.0.1/mcp', { method: 'POST', headers, body }))
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      outgoing.end(await response.text())
    })()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    requests,
    state,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    countOf: (method: string) => requests.filter((request) => request.method === method).length,
    close: () =>
      new Promise((resolve) => {
        http.close(resolve)
        http.closeAllConnections()
      }),
  }
}
