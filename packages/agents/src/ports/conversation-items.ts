import type { Id } from '@corbel/core'
import type { AgentInputItem } from '@openai/agents-core'
import type { ModelCall } from './agent-usage-repository.ts'

export type ConversationId = Id<'cnv'>
export type ConversationItemId = Id<'itm'>
export type AgentRunId = Id<'arn'>

/** What a model says and is told: messages, calls, results, reasoning. Kept as it came, encrypted parts included. */
export type ItemContent = AgentInputItem

export interface NewConversation {
  readonly tenantId: Id<'ten'>
  readonly id: ConversationId
  readonly userId: Id<'usr'>
  readonly createdAt: Date
}

export interface NewConversationItem {
  readonly id: ConversationItemId
  /** The run that it belongs to; null for what was put there otherwise. */
  readonly runId: AgentRunId | null
  /** How the sender names the message; once in a conversation. Null for what no client sent. */
  readonly clientMessageId: string | null
  readonly content: ItemContent
  readonly createdAt: Date
}

export interface ConversationItem extends NewConversationItem {
  /** Grows within the conversation. */
  readonly seq: number
}

/** The part of a conversation that runs read and write. A conversation of another tenant is one that does not exist. */
export interface ConversationItems {
  /** A conversation without items, private to its user. Does nothing when there is one of this id. */
  create(conversation: NewConversation): Promise<void>
  /** Whether the conversation is there and this user may speak in it: their own, or one that is shared with the tenant. */
  isOpenTo(tenantId: Id<'ten'>, id: ConversationId, userId: Id<'usr'>): Promise<boolean>
  /**
   * Adds the items after all others, in their order and with none of another call between them, and returns their numbers.
   * When the conversation has an item of one of the client message ids, or of one of the ids, nothing is added: a repeated
   * call adds nothing.
   *
   * @param saidBy - The call of a model that said the items. Its row is written with them, as `AgentUsageRepository.record` does, and
   * also when none is added.
   * @returns Null when nothing was added, for that reason or because there is no such conversation.
   */
  append(
    tenantId: Id<'ten'>,
    id: ConversationId,
    items: readonly NewConversationItem[],
    saidBy?: ModelCall,
  ): Promise<readonly number[] | null>
  /** The newest items, at most `limit`, oldest first. Costs the same however long the conversation is. */
  window(tenantId: Id<'ten'>, id: ConversationId, limit: number): Promise<readonly ConversationItem[]>
  /** Removes every item of the run, and returns how many there were. */
  removeRun(tenantId: Id<'ten'>, id: ConversationId, runId: AgentRunId): Promise<number>
}
