import { type Guardrail } from '../guardrails/guardrail.ts'
import { guardrailsOf } from '../guardrails/presets.ts'
import { handoffPrefix, type Tool } from '../tools/tool.ts'
import type { HostedTool } from '../tools/hosted-tool.ts'
import type { Agent, AgentHandoff } from './agent.ts'

/** An agent with everything that it has. */
export interface RegisteredAgent extends Agent {
  readonly tools: readonly Tool[]
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

export const handoffToolName = (agent: string): string => `${handoffPrefix}${agent}`
