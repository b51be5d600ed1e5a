// What an adapter's author imports: interfaces, the errors they throw, reference implementations, and the suites that are their law.

export type { AgentsRepositories } from './agents-repositories.ts'
export { type AgentsTables, agentsTables, type ConversationRow } from './agents-tables.memory.ts'
export type {
  AgentRunId,
  ConversationId,
  ConversationItem,
  ConversationItemId,
  ConversationItems,
  ItemContent,
  NewConversation,
  NewConversationItem,
} from './conversation-items.ts'
export { conversationItemsConformance } from './conversation-items.conformance.ts'
export { memoryConversationItems } from './conversation-items.memory.ts'
export type { Models } from './models.ts'
export { offlineModels, type OfflineModelsOptions } from './models.offline.ts'
