import type { ConversationId, ConversationItem } from './conversation-items.ts'
import type { ConversationRecord } from './conversation-repository.ts'

export interface ConversationRow extends ConversationRecord {
  /** The greatest number that an item of it ever had. */
  readonly lastSeq: number
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
