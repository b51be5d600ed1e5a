import { addMilliseconds, type Clock, type Id, type Secret } from '@corbel/core'
import type { Logger } from '@corbel/core/ports'
import * as z from 'zod'
import type { McpConnection, McpConnector } from '../ports/mcp-connector.ts'
import { type JsonObjectSchema, checkedSchema } from './mcp-schema.ts'
import { type McpServer, mcpToolName } from './mcp-server.ts'
import type { Caller, RunTool } from './tool.ts'

export interface McpToolsDeps {
  readonly connector: McpConnector
  readonly clock: Clock
  readonly logger: Logger
}

/** A tool that a server has and that it may be asked for. */
interface KnownTool {
  readonly name: string
  readonly description: string
  readonly schema: JsonObjectSchema
}

interface KnownTools {
  /** Null: the server did not say. */
  readonly tools: readonly KnownTool[] | null
  readonly until: Date
}

const keptMs = 300_000
/** So that not every message waits for a server that is down. */
const silentMs = 15_000
const patienceMs = 5000
const mostKept = 1000
const longestDescription = 1024

/** Which tools servers have, by tenant: no tenant hears what a server has told another. */
export class McpTools {
  readonly #deps: McpToolsDeps
  /** By tenant and server; what was not asked for longest is the first. */
  readonly #known = new Map<string, KnownTools>()

  constructor(deps: McpToolsDeps) {
    this.#deps = deps
  }

  /** For one run. To be closed. */
  open(caller: Caller, signal: AbortSignal): McpRun {
    return new McpRun(this, this.#deps, caller, signal)
  }

  /** Null when the server does not say. */
  async list(
    tenantId: Id<'ten'>,
    server: McpServer,
    connect: () => Promise<McpConnection>,
    signal: AbortSignal,
  ): Promise<readonly KnownTool[] | null> {
    const { clock, logger } = this.#deps
    const key = `${tenantId}|${server.name}`
    const known = this.#known.get(key)
    if (known && clock.now() < known.until) return known.tools
    let tools: readonly KnownTool[] | null = null
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
    try {
      const described = await within(limit, async () => (await connect()).listTools(limit))
      tools = described.flatMap(({ name, description, inputSchema }) => {
        if (!Object.hasOwn(server.tools, name)) return []
        const schema = checkedSchema(inputSchema)
        if (schema !== null) return [{ name, description: description.slice(0, longestDescription), schema }]
        logger.warn('a tool of a server was left out: its schema is none that a model takes', {
          tenantId,
          server: server.name,
          tool: name,
        })
        return []
      })
    } catch (error) {
      signal.throwIfAborted()
      logger.warn('a server of tools did not say what it has', { tenantId, server: server.name, error })
    }
    this.#known.delete(key)
    this.#known.set(key, { tools, until: addMilliseconds(clock.now(), tools ? keptMs : silentMs) })
    const [oldest] = this.#known.keys()
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest)
    return tools
  }
}

/** The servers of one run: each is connected with when it is needed, once. */
export class McpRun {
  readonly #tools: McpTools
  readonly #deps: McpToolsDeps
  readonly #caller: Caller
  readonly #signal: AbortSignal
  readonly #stop = new AbortController()
  readonly #connections = new Map<string, Promise<McpConnection>>()
  readonly #tokens = new Map<string, Promise<Secret | null>>()

  constructor(tools: McpTools, deps: McpToolsDeps, caller: Caller, signal: AbortSignal) {
    this.#tools = tools
    this.#deps = deps
    this.#caller = caller
    this.#signal = signal
  }

  /** The tools of a server that the caller may use; null when the server does not say which it has. */
  async toolsOf(server: McpServer): Promise<readonly RunTool[] | null> {
    const { tenantId, scopes: held } = this.#caller
    if (server.token && (await this.#tokenOf(server, server.token)) === null) return []
    const known = await this.#tools.list(tenantId, server, () => this.#connect(server), this.#signal)
    if (known === null) this.#drop(server.name)
    return (
      known?.flatMap((tool): readonly RunTool[] => {
        const rule = server.tools[tool.name]
        if (rule === undefined || !(rule.scopes ?? []).every((scope) => held.has(scope))) return []
        return [
          {
            ...rule,
            name: mcpToolName(server, tool.name),
            description: tool.description,
            parameters: z.looseObject({}),
            jsonSchema: tool.schema,
            ...(server.timeout !== undefined && { timeout: server.timeout }),
            execute: async (args, { signal }) =>
              within(signal, async () => (await this.#connect(server)).callTool(tool.name, args, signal)),
          },
        ]
      }) ?? null
    )
  }

  /** Waits for no server. */
  close(): void {
    for (const name of this.#connections.keys()) this.#drop(name)
    this.#stop.abort()
  }

  #drop(name: string): void {
    const connection = this.#connections.get(name)
    this.#connections.delete(name)
    void connection?.then((open) => open.close()).catch(() => {})
  }

  #connect(server: McpServer): Promise<McpConnection> {
    const known = this.#connections.get(server.name)
    if (known) return known
    const connection = this.#open(server)
    this.#connections.set(server.name, connection)
    // The next call tries anew.
    connection.catch(() => this.#connections.delete(server.name))
    return connection
  }

  async #open(server: McpServer): Promise<McpConnection> {
    const token = server.token ? await this.#tokenOf(server, server.token) : null
    const signal = AbortSignal.any([this.#signal, this.#stop.signal])
    return this.#deps.connector.connect({ url: server.url, token }, signal)
  }

  #tokenOf({ name }: McpServer, ask: NonNullable<McpServer['token']>): Promise<Secret | null> {
    let token = this.#tokens.get(name)
    if (!token) this.#tokens.set(name, (token = ask(this.#caller.tenantId)))
    return token
  }
}

/** Gives up when the signal aborts, whatever the work makes of it. */
function within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error('It took too long.', { cause: signal.reason }))
    signal.addEventListener('abort', giveUp, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp))
  })
}
