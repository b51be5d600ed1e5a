import type { Secret } from '@corbel/core'

export interface McpAddress {
  /** Of the endpoint, by streamable HTTP. */
  readonly url: string
  /** Sent as `Authorization: Bearer`, and nowhere else. */
  readonly token: Secret | null
}

/** A tool as its server describes it; nothing of it is checked. */
export interface McpToolDescription {
  readonly name: string
  readonly description: string
  /** JSON Schema of what it is called with, as the server says. */
  readonly inputSchema: unknown
}

export interface McpConnection {
  listTools(signal: AbortSignal): Promise<readonly McpToolDescription[]>
  /** The text of the result, which may say that the tool failed. */
  callTool(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string>
  /** Never rejects. */
  close(): Promise<void>
}

/** Speaks to servers of the Model Context Protocol. Every address may be hostile: it is reached as such, and its answers are limited. */
export interface McpConnector {
  connect(address: McpAddress, signal: AbortSignal): Promise<McpConnection>
}
