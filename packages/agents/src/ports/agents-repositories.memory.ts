import { memoryAgentApprovalRepository } from './agent-approval-repository.memory.ts'
import { memoryAgentRunRepository } from './agent-run-repository.memory.ts'
import { memoryAgentUsageRepository } from './agent-usage-repository.memory.ts'
import type { AgentsRepositories } from './agents-repositories.ts'
import type { AgentsTables } from './agents-tables.memory.ts'
import { memoryConversationItems } from './conversation-items.memory.ts'
import { memoryFileRepository } from './file-repository.memory.ts'
import { memoryProviderSettingRepository } from './provider-setting-repository.memory.ts'
import { memoryConversationSearch } from './conversation-search.memory.ts'
import { memoryConversationSummaries } from './conversation-summaries.memory.ts'
import { memoryConversationRepository } from './conversation-repository.memory.ts'

/** Reference implementation: what a conforming one does, without a database. Every verb is one turn of the event loop. */
export const memoryAgentsRepositories = (tables: AgentsTables): AgentsRepositories => ({
  conversations: memoryConversationRepository(tables),
  conversationItems: memoryConversationItems(tables),
  conversationSearch: memoryConversationSearch(tables),
  conversationSummaries: memoryConversationSummaries(tables),
  providerSettings: memoryProviderSettingRepository(tables),
  files: memoryFileRepository(tables),
  agentRuns: memoryAgentRunRepository(tables),
  agentApprovals: memoryAgentApprovalRepository(tables),
  agentUsage: memoryAgentUsageRepository(tables),
})
