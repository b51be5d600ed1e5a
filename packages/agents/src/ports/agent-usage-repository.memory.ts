import type { AgentsTables } from './agents-tables.memory.ts'
import type { AgentUsageRepository } from './agent-usage-repository.ts'

export const memoryAgentUsageRepository = ({
  agentUsage,
}: Pick<AgentsTables, 'agentUsage'>): AgentUsageRepository => ({
  async record(call) {
    const key = `${call.tenantId} ${call.runId} ${call.call}`
    if (agentUsage.get(key)?.estimated !== false) agentUsage.set(key, structuredClone(call))
  },
  list: async (tenantId, runId) =>
    [...agentUsage.values()]
      .filter((call) => call.tenantId === tenantId && call.runId === runId)
      .toSorted((a, b) => a.call - b.call)
      .map((call) => structuredClone(call)),
})
