import type { McpConnector } from '@corbel/agents/ports'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

export interface McpConnectorOptions {
  /** What every call goes through, such as `streamingFetch` of `@corbel/adapters/node-fetcher`, with a limit of its own for answers. */
  readonly fetch: typeof fetch
}

/** Pages of a list of tools; a server may say that there is always one more. */
const mostPages = 10
const mostTools = 500

/** Servers of the Model Context Protocol, by streamable HTTP. Nothing is tried twice, and nothing that a server asks for is answered. */
export const mcpConnector = ({ fetch }: McpConnectorOptions): McpConnector => ({
  async connect({ url, token }, signal) {
    const client = new Client({ name: 'corbel', version: '1' }, { listMaxPages: mostPages })
    const headers = token === null ? {} : { authorization: `Bearer ${token.reveal()}` }
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      fetch,
      requestInit: { headers },
      reconnectionOptions: {
        maxRetries: 0,
        initialReconnectionDelay: 1000,
        maxReconnectionDelay: 1000,
        reconnectionDelayGrowFactor: 1,
      },
    })
    await client.connect(transport, { signal })
    return {
      async listTools(listing) {
        const { tools } = await client.listTools(undefined, { signal: listing, cacheMode: 'bypass' })
        return tools
          .slice(0, mostTools)
          .map(({ name, description = '', inputSchema }) => ({ name, description, inputSchema }))
      },
      async callTool(name, args, calling) {
        const { content, isError } = await client.callTool({ name, arguments: args }, { signal: calling })
        const text = content
          .map((part) => (part.type === 'text' ? part.text : `[${part.type} left out]`))
          .join('\n')
        return isError === true ? `The tool failed: ${text}` : text
      },
      close: () => client.close().catch(() => {}),
    }
  },
})
