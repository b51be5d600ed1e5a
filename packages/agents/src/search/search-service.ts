import { PageErrors, toPage, toPageRequest } from '@corbel/core'
import type { ConversationReader } from '../conversations/conversation.ts'
import { parseRecencyKey } from '../ports/conversation-repository.ts'
import { type ConversationSearch, foundKey } from '../ports/conversation-search.ts'
import type { SearchPage, SearchQuery } from './search.ts'
import { snippetOf } from './snippet.ts'

/** Finds what was said. */
export class SearchService {
  readonly #search: ConversationSearch

  constructor({ conversationSearch }: { readonly conversationSearch: ConversationSearch }) {
    this.#search = conversationSearch
  }

  /** @throws `page/invalid-cursor` */
  async search({ tenantId, userId }: ConversationReader, { q, ...query }: SearchQuery): Promise<SearchPage> {
    const request = toPageRequest(query)
    if (request.after !== null && parseRecencyKey(request.after) === null) throw PageErrors.invalidCursor()
    const rows = await this.#search.find({ tenantId, userId }, q, request)
    const { data, nextCursor } = toPage(rows, request.limit, foundKey)
    return {
      data: data.map(({ text, at, itemId, ...hit }) => ({
        ...hit,
        messageId: itemId,
        snippet: snippetOf(text, q),
        at: at.toISOString(),
      })),
      nextCursor,
      mode: 'words',
    }
  }
}
