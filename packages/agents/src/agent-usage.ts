import type { UsageContributor } from '@corbel/core'
import type { AgentUsageRepository } from './ports/agent-usage-repository.ts'

/** What models and files of a tenant come to. */
export const agentUsage = (usage: AgentUsageRepository): UsageContributor => ({
  async usageOf(tenantId, span) {
    const { modelCalls, inputTokens, outputTokens, fileBytes } = await usage.count(tenantId, span)
    const figure = (key: string, quantity: number, counted: 'period' | 'now' = 'period') => ({
      key: `agents.${key}`,
      quantity: String(quantity),
      counted,
    })
    return [
      figure('model_calls', modelCalls),
      figure('input_tokens', inputTokens),
      figure('output_tokens', outputTokens),
      figure('file_bytes', fileBytes, 'now'),
    ]
  },
})
