import type { Suite } from '@corbel/core/ports'
import { agentApprovalRepositoryConformance } from './agent-approval-repository.conformance.ts'
import { agentRunRepositoryConformance } from './agent-run-repository.conformance.ts'
import { conversationItemsConformance } from './conversation-items.conformance.ts'
import { conversationRepositoryConformance } from './conversation-repository.conformance.ts'
import { providerSettingRepositoryConformance } from './provider-setting-repository.conformance.ts'
import { fileRepositoryConformance } from './file-repository.conformance.ts'
import { conversationSummariesConformance } from './conversation-summaries.conformance.ts'
import { conversationSearchConformance } from './conversation-search.conformance.ts'
import { type AgentsStorage, storedTenant } from './samples.conformance.ts'

/** The law of `AgentsRepositories`. `fresh` gives an empty storage for each test. */
export function agentsRepositoriesConformance(suite: Suite, fresh: () => Promise<AgentsStorage>): void {
  conversationRepositoryConformance(suite, fresh)
  conversationSummariesConformance(suite, fresh)
  conversationSearchConformance(suite, fresh)
  providerSettingRepositoryConformance(suite, fresh)
  fileRepositoryConformance(suite, fresh)
  agentRunRepositoryConformance(suite, fresh)
  agentApprovalRepositoryConformance(suite, fresh)
  conversationItemsConformance(suite, async () => {
    const storage = await fresh()
    return {
      items: storage.repositories.agents.conversationItems,
      newTenant: () => storedTenant(storage),
    }
  })
}
