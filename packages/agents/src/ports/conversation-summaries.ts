import type { Id } from '@corbel/core'
import type { ConversationMemory, ConversationReader } from '../conversations/conversation.ts'
import type { ConversationId, ConversationItem } from './conversation-items.ts'

/** What stands for the items of a conversation up to one. */
export interface ConversationSummary {
  readonly text: string
  /** Number of the last item that it covers. */
  readonly throughSeq: number
}

/** What a run may be told of what was said before it. */
export interface ConversationRecall {
  readonly memory: ConversationMemory
  readonly summary: ConversationSummary | null
  /**
   * Summaries of the reader's other conversations, newest first, at most five: when this conversation and those are the reader's own
   * and take part in it, and this one is not shared.
   */
  readonly others: readonly string[]
  /** The newest items, oldest first. */
  readonly items: readonly ConversationItem[]
}

/** Summaries of conversations. They go with what they cover: a conversation that is removed or cut short there has none. */
export interface ConversationSummaries {
  /** Costs the same however long the conversation is. Null when there is none of this id in the tenant. */
  recall(reader: ConversationReader, id: ConversationId, limit: number): Promise<ConversationRecall | null>
  /** Items that no summary covers but the newest `keep`, oldest first, at most `limit`. */
  listUncovered(
    tenantId: Id<'ten'>,
    id: ConversationId,
    page: { readonly keep: number; readonly limit: number },
  ): Promise<readonly ConversationItem[]>
  /**
   * Replaces the summary that went up to `after`; 0 when there was none. Of concurrent callers one is told true; false, and no effect,
   * when there is another one by now, or the item up to which it goes is gone.
   */
  replace(
    tenantId: Id<'ten'>,
    id: ConversationId,
    summary: ConversationSummary,
    after: number,
    at: Date,
  ): Promise<boolean>
}
