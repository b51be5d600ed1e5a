import type { AgentsTables } from './agents-tables.memory.ts'
import type { AgentUsageRepository, ModelCall } from './agent-usage-repository.ts'

export function recordCall(agentUsage: AgentsTables['agentUsage'], call: ModelCall): void {
  const key = `${call.tenantId} ${call.runId} ${call.call}`
  if (agentUsage.get(key)?.estimated !== false) agentUsage.set(key, structuredClone(call))
}

export const memoryAgentUsageRepository = ({
  agentUsage,
  files,
}: Pick<AgentsTables, 'agentUsage' | 'files'>): AgentUsageRepository => ({
  record: async (call) => recordCall(agentUsage, call),
  list: async (tenantId, runId) =>
    [...agentUsage.values()]
      .filter((call) => call.tenantId === tenantId && call.runId === runId)
      .toSorted((a, b) => a.call - b.call)
      .map((call) => structuredClone(call)),
  async count(tenantId, { from, until }) {
    const calls = [...agentUsage.values()].filter(
      ({ tenantId: of, createdAt }) => of === tenantId && createdAt >= from && createdAt < until,
    )
    const stored = [...files.values()].filter((file) => file.tenantId === tenantId)
    return {
      modelCalls: calls.length,
      inputTokens: calls.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
      outputTokens: calls.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
      fileBytes: stored.reduce((sum, { size }) => sum + size, 0),
    }
  },
})
