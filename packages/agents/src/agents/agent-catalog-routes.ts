import { implement, type Route } from '@corbel/core'
import { agentCatalogContract } from './agent-catalog-contract.ts'
import type { AgentCatalogService } from './agent-catalog-service.ts'

export const agentCatalogRoutes = (catalog: AgentCatalogService): readonly Route[] =>
  implement(agentCatalogContract, {
    listAgents: async () => ({ data: catalog.listAgents() }),
    status: async ({ params }) => catalog.status(params.name),
    listTools: async () => ({ data: catalog.listTools() }),
    listGuardrails: async () => ({ data: catalog.listGuardrails() }),
    listGuardrailPresets: async () => ({ data: catalog.listGuardrailPresets() }),
  })
