import type { AgentApprovalRepository } from './agent-approval-repository.ts'
import type { AgentRunRepository } from './agent-run-repository.ts'
import type { AgentUsageRepository } from './agent-usage-repository.ts'
import type { ConversationItems } from './conversation-items.ts'
import type { ConversationSummaries } from './conversation-summaries.ts'
import type { ConversationRepository } from './conversation-repository.ts'
import type { ProviderSettingRepository } from './provider-setting-repository.ts'
import type { FileRepository } from './file-repository.ts'
import type { ConversationSearch } from './conversation-search.ts'

/** What the module keeps, by noun. */
export interface AgentsRepositories {
  readonly conversations: ConversationRepository
  readonly conversationItems: ConversationItems
  readonly conversationSearch: ConversationSearch
  readonly conversationSummaries: ConversationSummaries
  readonly providerSettings: ProviderSettingRepository
  readonly files: FileRepository
  readonly agentRuns: AgentRunRepository
  readonly agentApprovals: AgentApprovalRepository
  readonly agentUsage: AgentUsageRepository
}
