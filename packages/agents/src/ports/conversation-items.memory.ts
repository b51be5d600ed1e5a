import type { Id } from '@corbel/core'
import { recordCall } from './agent-usage-repository.memory.ts'
import type { AgentsTables } from './agents-tables.memory.ts'
import type { ConversationId, ConversationItems } from './conversation-items.ts'
import { newConversation } from './conversation-repository.ts'

export function memoryConversationItems({
  conversations,
  conversationItems,
  conversationSummaries,
  agentUsage,
}: Pick<
  AgentsTables,
  'conversations' | 'conversationItems' | 'conversationSummaries' | 'agentUsage'
>): ConversationItems {
  const find = (tenantId: Id<'ten'>, id: ConversationId) => {
    const row = conversations.get(id)
    return row?.tenantId === tenantId ? row : null
  }
  const itemsOf = (tenantId: Id<'ten'>, id: ConversationId) =>
    find(tenantId, id) ? (conversationItems.get(id) ?? []) : []

  return {
    async create(conversation) {
      if (!conversations.has(conversation.id))
        conversations.set(conversation.id, { ...newConversation(conversation), lastSeq: 0 })
    },

    async isOpenTo(tenantId, id, userId) {
      const row = find(tenantId, id)
      return row !== null && (row.shared || row.userId === userId)
    },

    async append(tenantId, id, items, saidBy) {
      if (saidBy) recordCall(agentUsage, saidBy)
      const row = find(tenantId, id)
      if (!row) return null
      const stored = itemsOf(tenantId, id)
      const known = new Set(stored.flatMap((item) => [item.id, item.clientMessageId ?? item.id]))
      if (items.some((item) => known.has(item.id) || known.has(item.clientMessageId ?? item.id))) return null
      const last = row.lastSeq
      const added = items.map((item, index) => ({ ...structuredClone(item), seq: last + index + 1 }))
      conversationItems.set(id, [...stored, ...added])
      const updatedAt = items.at(-1)?.createdAt ?? row.updatedAt
      conversations.set(id, { ...row, lastSeq: last + items.length, updatedAt })
      return added.map(({ seq }) => seq)
    },

    window: async (tenantId, id, limit) => structuredClone(itemsOf(tenantId, id).slice(-limit)),

    async removeRun(tenantId, id, runId) {
      const stored = itemsOf(tenantId, id)
      const kept = stored.filter((item) => item.runId !== runId)
      if (kept.length < stored.length) conversationItems.set(id, kept)
      const first = stored.find((item) => item.runId === runId)?.seq ?? Infinity
      if ((conversationSummaries.get(id)?.throughSeq ?? 0) >= first) conversationSummaries.delete(id)
      return stored.length - kept.length
    },
  }
}
