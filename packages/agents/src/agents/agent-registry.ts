import { type Guardrail } from '../guardrails/guardrail.ts'
import { guardrailsOf } from '../guardrails/presets.ts'
import { handoffPrefix, type Tool } from '../tools/tool.ts'
import { type McpServer, mcpToolName } from '../tools/mcp-server.ts'
import type { HostedTool } from '../tools/hosted-tool.ts'
import type { Agent, AgentHandoff } from './agent.ts'

/** An agent with everything that it has. */
export interface RegisteredAgent extends Agent {
  readonly tools: readonly Tool[]
  readonly mcpServers: readonly McpServer[]
  readonly hostedTools: readonly HostedTool[]
  readonly handoffs: readonly AgentHandoff[]
  readonly guardrails: readonly Guardrail[]
}

export interface AgentRegistryOptions {
  readonly agents: readonly Agent[]
  /** Tools beyond those that agents list: those with `core` go to every agent. */
  readonly tools?: readonly Tool[]
}

/** Every agent and tool of the stack. The first agent is the one that is asked when nobody says which. */
export class AgentRegistry {
  readonly #agents: ReadonlyMap<string, RegisteredAgent>
  readonly #tools: ReadonlyMap<string, Tool>
  readonly defaultAgent: RegisteredAgent

  /** @throws TypeError when names clash, a handoff leads nowhere, or handoffs lead in a circle. */
  constructor({ agents, tools = [] }: AgentRegistryOptions) {
    const all = new Map<string, Tool>()
    for (const tool of [...tools, ...agents.flatMap((agent) => agent.tools ?? [])]) {
      const known = all.get(tool.name)
      if (known !== undefined && known !== tool)
        throw new TypeError(`Two tools are called "${tool.name}". Give one of them another name.`)
      all.set(tool.name, tool)
    }
    const core = [...all.values()].filter((tool) => tool.core === true)
    const registered = new Map<string, RegisteredAgent>()
    for (const agent of agents) {
      if (registered.has(agent.name))
        throw new TypeError(`Two agents are called "${agent.name}". Give one of them another name.`)
      registered.set(agent.name, {
        ...agent,
        tools: [...new Set([...core, ...(agent.tools ?? [])])],
        mcpServers: agent.mcpServers ?? [],
        hostedTools: agent.hostedTools ?? [],
        handoffs: agent.handoffs ?? [],
        guardrails: guardrailsOf(agent.guardrails ?? 'standard'),
      })
    }
    const [first] = registered.values()
    if (first === undefined) throw new TypeError('There is no agent. Give at least one.')
    this.defaultAgent = first
    this.#agents = registered
    this.#tools = all
    checkHandoffs(registered)
    checkServers(registered)
  }

  /** An agent and all those that it may hand over to, directly or not. */
  reachableFrom(agent: RegisteredAgent): readonly RegisteredAgent[] {
    const found = new Set([agent])
    for (const { handoffs } of found)
      for (const { to } of handoffs) {
        const next = this.#agents.get(to)
        if (next) found.add(next)
      }
    return [...found]
  }

  list(): readonly RegisteredAgent[] {
    return [...this.#agents.values()]
  }

  find(name: string): RegisteredAgent | null {
    return this.#agents.get(name) ?? null
  }

  listTools(): readonly Tool[] {
    return [...this.#tools.values()]
  }

  /** Permissions that a call of a tool needs, one of a server included; null when there is none of this name. */
  scopesOf(name: string): readonly string[] | null {
    const tool = this.#tools.get(name)
    if (tool) return tool.scopes ?? []
    const servers = this.list().flatMap(({ mcpServers }) => mcpServers)
    const [rule] = servers.flatMap((server) =>
      Object.entries(server.tools).flatMap(([own, each]) =>
        mcpToolName(server, own) === name ? [each] : [],
      ),
    )
    return rule ? (rule.scopes ?? []) : null
  }

  findTool(name: string): Tool | null {
    return this.#tools.get(name) ?? null
  }
}

function checkHandoffs(agents: ReadonlyMap<string, RegisteredAgent>): void {
  const done = new Set<string>()
  const visit = (agent: RegisteredAgent, path: readonly string[]): void => {
    if (path.includes(agent.name)) {
      const circle = [...path.slice(path.indexOf(agent.name)), agent.name].join(' → ')
      throw new TypeError(`Handoffs lead in a circle: ${circle}. Take one of them out.`)
    }
    if (done.has(agent.name)) return
    for (const { to } of agent.handoffs) {
      const next = agents.get(to)
      if (next === undefined)
        throw new TypeError(`The agent "${agent.name}" hands over to "${to}", which does not exist.`)
      visit(next, [...path, agent.name])
    }
    done.add(agent.name)
  }
  for (const agent of agents.values()) visit(agent, [])
}

function checkServers(agents: ReadonlyMap<string, RegisteredAgent>): void {
  const known = new Map<string, McpServer>()
  for (const server of [...agents.values()].flatMap(({ mcpServers }) => mcpServers)) {
    if ((known.get(server.name) ?? server) !== server)
      throw new TypeError(`Two servers of tools are called "${server.name}". Give one of them another name.`)
    known.set(server.name, server)
  }
}

export const handoffToolName = (agent: string): string => `${handoffPrefix}${agent}`
