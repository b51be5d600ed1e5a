import type { PageRequest } from '@corbel/core'
import type { ConversationReader } from '../conversations/conversation.ts'
import { roleOf } from '../conversations/message.ts'
import type { AgentsTables, ConversationRow } from './agents-tables.memory.ts'
import type { ConversationId } from './conversation-items.ts'
import {
  type ConversationRecord,
  type ConversationRepository,
  recencyKey,
} from './conversation-repository.ts'

export function memoryConversationRepository({
  conversations,
  conversationItems,
  conversationSummaries,
}: Pick<
  AgentsTables,
  'conversations' | 'conversationItems' | 'conversationSummaries'
>): ConversationRepository {
  const find = ({ tenantId, userId }: ConversationReader, id: ConversationId): ConversationRow | null => {
    const row = conversations.get(id)
    return row?.tenantId === tenantId && (row.userId === userId || row.shared) ? row : null
  }
  const findOwn = (owner: ConversationReader, id: ConversationId): ConversationRow | null => {
    const row = find(owner, id)
    return row?.userId === owner.userId ? row : null
  }
  function removeRow(id: ConversationId): boolean {
    conversationItems.delete(id)
    conversationSummaries.delete(id)
    return conversations.delete(id)
  }
  const ofUser = (userId: ConversationReader['userId']) =>
    [...conversations.values()].filter((row) => row.userId === userId)

  return {
    insert: async (conversation) =>
      void conversations.set(conversation.id, { ...structuredClone(conversation), lastSeq: 0 }),

    async find(reader, id) {
      const row = find(reader, id)
      return row && toRecord(row)
    },

    list: async (reader, { of }, { limit, after }) =>
      [...conversations.values()]
        .filter(
          ({ id, userId }) =>
            find(reader, id) && (of === 'all' || (of === 'me') === (userId === reader.userId)),
        )
        .filter((row) => after === null || recencyKey(row) < after)
        .toSorted((a, b) => (recencyKey(a) > recencyKey(b) ? -1 : 1))
        .slice(0, limit + 1)
        .map(toRecord),

    async update(owner, id, { title, shared, memory }) {
      const row = findOwn(owner, id)
      if (!row) return null
      const next = {
        ...row,
        ...(title !== undefined && { title }),
        ...(shared !== undefined && { shared }),
        ...(memory !== undefined && { memory }),
      }
      conversations.set(id, next)
      return toRecord(next)
    },

    remove: async (owner, id) => findOwn(owner, id) !== null && removeRow(id),

    async listItems(reader, id, { kind, direction }, { limit, after }) {
      if (!find(reader, id)) return null
      const items = conversationItems.get(id) ?? []
      const rows = direction === 'asc' ? items : items.toReversed()
      return structuredClone(
        rows
          .filter(({ content }) => kind === 'all' || roleOf(content) !== null)
          .filter(({ seq }) => after === null || (direction === 'asc' ? seq > after : seq < after))
          .slice(0, limit + 1),
      )
    },

    async truncate(owner, id, from) {
      const items = findOwn(owner, id) ? (conversationItems.get(id) ?? []) : []
      const start = items.findIndex((item) => item.id === from && roleOf(item.content) === 'user')
      if (start < 0) return null
      conversationItems.set(id, items.slice(0, start))
      const first = items[start]?.seq ?? Infinity
      if ((conversationSummaries.get(id)?.throughSeq ?? 0) >= first) conversationSummaries.delete(id)
      return items.length - start
    },

    listOfUser: async (userId, { limit, after }: PageRequest) =>
      ofUser(userId)
        .filter(({ id }) => after === null || id > after)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit + 1)
        .map((row) => ({ ...toRecord(row), summary: conversationSummaries.get(row.id)?.text ?? null })),

    removeOfUser: async (userId) => ofUser(userId).filter(({ id }) => removeRow(id)).length,

    purge: async (since, limit) =>
      [...conversations.values()]
        .filter(({ updatedAt }) => updatedAt < since)
        .slice(0, limit)
        .filter(({ id }) => removeRow(id)).length,
  }
}

const toRecord = ({ lastSeq: _, ...record }: ConversationRow): ConversationRecord => structuredClone(record)
