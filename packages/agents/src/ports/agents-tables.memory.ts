import type { ConversationId, ConversationItem, NewConversation } from './conversation-items.ts'

export interface ConversationRow extends NewConversation {
  readonly shared: boolean
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface AgentsTables {
  readonly conversations: Map<ConversationId, ConversationRow>
  /** Of each conversation, in their order. */
  readonly conversationItems: Map<ConversationId, readonly ConversationItem[]>
}

export const agentsTables = (): AgentsTables => ({
  conversations: new Map(),
  conversationItems: new Map(),
})
