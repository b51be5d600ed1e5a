import { roleOf, textOf } from '../conversations/message.ts'
import { matchesSearch, parseSearch } from '../search/search-query.ts'
import type { AgentsTables } from './agents-tables.memory.ts'
import { type ConversationSearch, type Found, foundKey } from './conversation-search.ts'

export const memoryConversationSearch = ({
  conversations,
  conversationItems,
}: Pick<AgentsTables, 'conversations' | 'conversationItems'>): ConversationSearch => ({
  async find({ tenantId, userId }, query, { limit, after }) {
    const wanted = parseSearch(query)
    return [...conversations.values()]
      .filter((row) => row.tenantId === tenantId && (row.userId === userId || row.shared))
      .flatMap(({ id: conversationId, title, updatedAt }): readonly Found[] => [
        ...(title === null
          ? []
          : [{ conversationId, title, itemId: null, role: null, text: title, at: updatedAt }]),
        ...(conversationItems.get(conversationId) ?? []).flatMap(({ id: itemId, content, createdAt: at }) => {
          const role = roleOf(content)
          return role === null ? [] : [{ conversationId, title, itemId, role, text: textOf(content), at }]
        }),
      ])
      .filter(({ text }) => matchesSearch(text, wanted))
      .filter((found) => after === null || foundKey(found) < after)
      .toSorted((a, b) => (foundKey(a) > foundKey(b) ? -1 : 1))
      .slice(0, limit + 1)
  },
})
