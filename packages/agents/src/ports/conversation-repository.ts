import type { PageRequest } from '@corbel/core'
import {
  type ConversationChange,
  type ConversationMemory,
  type ConversationReader,
  defaultMemory,
} from '../conversations/conversation.ts'
import type {
  ConversationId,
  ConversationItem,
  ConversationItemId,
  NewConversation,
} from './conversation-items.ts'

export interface ConversationRecord extends NewConversation {
  readonly title: string | null
  readonly shared: boolean
  readonly memory: ConversationMemory
  /** When something was last said in it. */
  readonly updatedAt: Date
}

export interface ConversationFilter {
  readonly of: 'all' | 'me' | 'others'
}

/** Which items of a conversation, and in which order. */
export interface ItemFilter {
  /** `messages`: what a user or an agent said. */
  readonly kind: 'messages' | 'all'
  readonly direction: 'asc' | 'desc'
}

/**
 * Conversations. A reader sees their own and those shared with their tenant; every other one, and every one of another tenant, is one
 * that does not exist. Only its user changes a conversation.
 */
/** With what was made of it for later: the text of its summary, or null. */
export interface KeptConversation extends ConversationRecord {
  readonly summary: string | null
}

export interface ConversationRepository {
  insert(conversation: ConversationRecord): Promise<void>
  find(reader: ConversationReader, id: ConversationId): Promise<ConversationRecord | null>
  /**
   * One row more than `limit`, what was said in last first; what is equally old by descending id.
   *
   * @param page - Its `after` is {@link recencyKey} of the last row seen.
   */
  list(
    reader: ConversationReader,
    filter: ConversationFilter,
    page: PageRequest,
  ): Promise<readonly ConversationRecord[]>
  /** Null when it is not the reader's own. Only what the change names changes. */
  update(
    owner: ConversationReader,
    id: ConversationId,
    change: ConversationChange,
  ): Promise<ConversationRecord | null>
  /** Removes it with all of its items. False when it is not the owner's; of concurrent callers one is told true. */
  remove(owner: ConversationReader, id: ConversationId): Promise<boolean>
  /** One item more than `limit`; null when the reader does not see the conversation. `after` is the number of the last item seen. */
  listItems(
    reader: ConversationReader,
    id: ConversationId,
    filter: ItemFilter,
    page: { readonly limit: number; readonly after: number | null },
  ): Promise<readonly ConversationItem[] | null>
  /**
   * Removes something that a user said in the owner's conversation and every item after it; returns how many. Null when there is no
   * such message. What is appended later has greater numbers than what was removed.
   */
  truncate(owner: ConversationReader, id: ConversationId, from: ConversationItemId): Promise<number | null>
  /** All conversations of a person in every tenant in the order of their ids, one more than `limit`, after the id `after`. */
  listOfUser(userId: ConversationReader['userId'], page: PageRequest): Promise<readonly KeptConversation[]>
  /** Removes all conversations of a person in every tenant, and returns how many. */
  removeOfUser(userId: ConversationReader['userId']): Promise<number>
  /** Removes at most `limit` in which nothing was said since, in every tenant, and returns how many. */
  purge(since: Date, limit: number): Promise<number>
}

/** A conversation of which nothing is known yet but whose it is. */
export const newConversation = (conversation: NewConversation): ConversationRecord => ({
  ...conversation,
  title: null,
  shared: false,
  memory: defaultMemory,
  updatedAt: conversation.createdAt,
})

/** Sort key of a list by recency. */
export const recencyKey = ({ updatedAt, id }: Pick<ConversationRecord, 'updatedAt' | 'id'>): string =>
  `${updatedAt.toISOString()}:${id}`

/** The two parts of a {@link recencyKey}; null when it is none. */
export function parseRecencyKey(key: string): { readonly updatedAt: Date; readonly id: string } | null {
  const end = key.lastIndexOf(':')
  const updatedAt = new Date(key.slice(0, Math.max(end, 0)))
  return Number.isNaN(updatedAt.getTime()) ? null : { updatedAt, id: key.slice(end + 1) }
}
