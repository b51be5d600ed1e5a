import type { AgentsTables } from './agents-tables.memory.ts'
import type { ConversationSummaries } from './conversation-summaries.ts'

const mostOthers = 5

export function memoryConversationSummaries({
  conversations,
  conversationItems,
  conversationSummaries,
}: Pick<
  AgentsTables,
  'conversations' | 'conversationItems' | 'conversationSummaries'
>): ConversationSummaries {
  return {
    async recall({ tenantId, userId }, id, limit) {
      const row = conversations.get(id)
      if (row?.tenantId !== tenantId) return null
      const { memory, shared } = row
      const takesPart = memory.crossSession && !shared && row.userId === userId
      const others = [...conversations.values()]
        .filter((other) => other.tenantId === tenantId && other.userId === userId && other.id !== id)
        .filter((other) => other.memory.crossSession)
        .flatMap((other) => conversationSummaries.get(other.id) ?? [])
        .toSorted((a, b) => b.at.getTime() - a.at.getTime())
      const summary = conversationSummaries.get(id)
      return structuredClone({
        memory,
        summary: summary ? { text: summary.text, throughSeq: summary.throughSeq } : null,
        others: takesPart ? others.slice(0, mostOthers).map(({ text }) => text) : [],
        items: (conversationItems.get(id) ?? []).slice(-limit),
      })
    },

    async listUncovered(tenantId, id, { keep, limit }) {
      if (conversations.get(id)?.tenantId !== tenantId) return []
      const items = conversationItems.get(id) ?? []
      const from = conversationSummaries.get(id)?.throughSeq ?? 0
      const old = items.slice(0, Math.max(0, items.length - keep))
      return structuredClone(old.filter(({ seq }) => seq > from).slice(0, limit))
    },

    async replace(tenantId, id, { text, throughSeq }, after, at) {
      if (conversations.get(id)?.tenantId !== tenantId) return false
      if ((conversationSummaries.get(id)?.throughSeq ?? 0) !== after) return false
      if (!conversationItems.get(id)?.some(({ seq }) => seq === throughSeq)) return false
      conversationSummaries.set(id, { text, throughSeq, at })
      return true
    },
  }
}
