import type { Duration, Id, Secret } from '@corbel/core'
import { isToolName, type ToolEffect } from './tool.ts'

/** What a tool of a server may do. The host says so: what a server says of its tools counts for nothing. */
export interface McpToolRule {
  readonly effect: ToolEffect
  /** Permissions that the caller must have, all of them. @default none */
  readonly scopes?: readonly string[]
  /** Whether a person must agree to each call. @default 'never' */
  readonly approval?: 'never' | 'always'
}

/** A server of the Model Context Protocol. */
export interface McpServer {
  /** Once in the stack: its tools are known to models as `<name>__<tool>`. */
  readonly name: string
  /** Of its endpoint, by streamable HTTP. */
  readonly url: string
  /** By their names at the server. Others of the server do not exist for agents. */
  readonly tools: Readonly<Record<string, McpToolRule>>
  /** The credential of a tenant, or the host's own; without one the tenant has no tools of the server. @default none is sent */
  readonly token?: (tenantId: Id<'ten'>) => Promise<Secret | null>
  /** Time for one call. @default '30s' */
  readonly timeout?: Duration
}

const nameForm = /^[a-z][a-z0-9-]{0,31}$/

export const mcpToolName = (server: Pick<McpServer, 'name'>, tool: string): string =>
  `${server.name}__${tool}`

/**
 * Declares a server. Inert: an agent that lists it under `mcpServers` has the tools that the server has and the declaration names.
 *
 * @throws TypeError when a name is not one that models take, or the address none of HTTP.
 */
export function defineMcpServer(server: McpServer): McpServer {
  if (!nameForm.test(server.name))
    throw new TypeError(`"${server.name}" is no name for a server. Use up to 32 of a-z, 0-9 and -.`)
  for (const tool of Object.keys(server.tools))
    if (!isToolName(mcpToolName(server, tool)))
      throw new TypeError(`Models cannot be told of the tool "${tool}" of "${server.name}": leave it out.`)
  if (!/^https?:\/\/[^@]+$/.test(server.url))
    throw new TypeError(`"${server.url}" is no http(s) address without a user.`)
  return server
}
