import type { PageRequest } from '@corbel/core'
import type { ConversationReader } from '../conversations/conversation.ts'
import type { ConversationId, ConversationItemId } from './conversation-items.ts'
import { recencyKey } from './conversation-repository.ts'

export interface Found {
  readonly conversationId: ConversationId
  readonly title: string | null
  /** Null when it is the title that was found. */
  readonly itemId: ConversationItemId | null
  readonly role: 'user' | 'assistant' | null
  /** The whole message or title. */
  readonly text: string
  /** When it was said; of a title, when something was last said in the conversation. */
  readonly at: Date
}

/**
 * Finds titles, and messages of users and agents, among the conversations that a reader sees. Never behind: what a call wrote is found,
 * and what it removed is not, as soon as it returns.
 */
export interface ConversationSearch {
  /**
   * One row more than `limit`, newest first, of what has all the words of the query; case and accents do not count. `"a b"` is found
   * in a row, `or` stands between alternatives, and `-` before what must not be there. Any text is a query; one without words finds nothing.
   *
   * @param page - Its `after` is {@link foundKey} of the last row seen.
   */
  find(reader: ConversationReader, query: string, page: PageRequest): Promise<readonly Found[]>
}

/** Sort key of what was found. */
export const foundKey = ({ at, itemId, conversationId }: Found): string =>
  recencyKey({ updatedAt: at, id: (itemId ?? conversationId) as ConversationId })
