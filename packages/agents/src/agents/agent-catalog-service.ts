import type { AdapterInfo } from '@corbel/core/ports'
import { AgentsErrors } from '../agents-errors.ts'
import type { GuardrailPresetView, GuardrailView } from '../guardrails/guardrail.ts'
import { guardrailPresets } from '../guardrails/presets.ts'
import { modelsOf, type ModelSettingsValues } from '../models/model-names.ts'
import { type ToolView, toToolView } from '../tools/tool.ts'
import type { AgentStatus, AgentView } from './agent.ts'
import { type AgentRegistry, type RegisteredAgent } from './agent-registry.ts'

export interface AgentCatalogDeps {
  readonly registry: AgentRegistry
  readonly modelSettings: ModelSettingsValues
  readonly modelsAdapter: AdapterInfo
}

/** What there is to talk to. */
export class AgentCatalogService {
  readonly #deps: AgentCatalogDeps

  constructor(deps: AgentCatalogDeps) {
    this.#deps = deps
  }

  listAgents(): readonly AgentView[] {
    return this.#deps.registry.list().map((agent) => this.#view(agent))
  }

  /** @throws `agents/agent-not-found` */
  status(name: string): AgentStatus {
    const agent = this.#deps.registry.find(name)
    if (!agent) throw AgentsErrors.agentNotFound()
    const { name: provider, standIn } = this.#deps.modelsAdapter
    return { name, status: standIn ? 'offline' : 'ready', provider, model: this.#model(agent) }
  }

  listTools(): readonly ToolView[] {
    const agents = this.#deps.registry.list()
    const having = (name: string) => agents.filter(({ tools }) => tools.some((tool) => tool.name === name))
    return this.#deps.registry.listTools().map((tool) =>
      toToolView(
        tool,
        having(tool.name).map(({ name }) => name),
      ),
    )
  }

  listGuardrails(): readonly GuardrailView[] {
    const views = new Map<string, GuardrailView>()
    for (const { name: agent, guardrails } of this.#deps.registry.list())
      for (const { name, summary, stages } of guardrails)
        views.set(name, { name, summary, stages, agents: [...(views.get(name)?.agents ?? []), agent] })
    for (const { name, summary, stages } of Object.values(guardrailPresets).flat())
      if (!views.has(name)) views.set(name, { name, summary, stages, agents: [] })
    return [...views.values()]
  }

  listGuardrailPresets(): readonly GuardrailPresetView[] {
    return Object.entries(guardrailPresets).map(([name, guardrails]) => ({
      name,
      guardrails: guardrails.map((guardrail) => guardrail.name),
    }))
  }

  #view(agent: RegisteredAgent): AgentView {
    return {
      name: agent.name,
      title: agent.title,
      description: agent.description,
      model: this.#model(agent),
      isDefault: agent === this.#deps.registry.defaultAgent,
      tools: agent.tools.map(({ name }) => name),
      mcpServers: agent.mcpServers.map(({ name }) => name),
      hostedTools: agent.hostedTools.map(({ kind }) => kind),
      handoffs: agent.handoffs.map(({ to }) => to),
      guardrails: agent.guardrails.map(({ name }) => name),
    }
  }

  #model = (agent: RegisteredAgent): string => modelsOf(agent, this.#deps.modelSettings)[0]
}
