import type { ConversationReader } from '../conversations/conversation.ts'
import type { AgentsTables, FileRow } from './agents-tables.memory.ts'
import type { FileRepository } from './file-repository.ts'

export function memoryFileRepository({
  files,
  conversations,
}: Pick<AgentsTables, 'files' | 'conversations'>): FileRepository {
  const rows = (): readonly FileRow[] => [...files.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const toFile = ({ isComplete: _, ...file }: FileRow) => file
  const conversationOf = ({ tenantId, conversationId }: FileRow) => {
    const row = conversationId === null ? undefined : conversations.get(conversationId)
    return row?.tenantId === tenantId ? row : null
  }
  const isThere = (row: FileRow): boolean =>
    row.isComplete && (row.conversationId === null || conversationOf(row) !== null)
  const isOwn = (row: FileRow, { tenantId, userId }: ConversationReader): boolean =>
    isThere(row) && row.tenantId === tenantId && row.userId === userId
  const isOpen = (row: FileRow, { tenantId, userId }: ConversationReader): boolean => {
    const conversation = conversationOf(row)
    return (
      isThere(row) && row.tenantId === tenantId && (conversation?.shared || conversation?.userId === userId)
    )
  }
  const removeAll = (chosen: readonly FileRow[]): number => {
    for (const { id } of chosen) files.delete(id)
    return chosen.length
  }

  return {
    async reserve(file, quota) {
      const taken = rows().filter(({ tenantId }) => tenantId === file.tenantId)
      if (taken.reduce((sum, { size }) => sum + size, file.size) > quota) return false
      files.set(file.id, { ...file, isComplete: false })
      return true
    },
    async complete(tenantId, id) {
      const row = files.get(id)
      if (row?.tenantId !== tenantId || row.isComplete) return false
      files.set(id, { ...row, isComplete: true })
      return true
    },
    async abandon(tenantId, id) {
      const row = files.get(id)
      return row?.tenantId === tenantId && !row.isComplete && files.delete(id)
    },
    findAll: async (reader, ids) =>
      rows()
        .filter((row) => ids.includes(row.id) && (isOwn(row, reader) || isOpen(row, reader)))
        .map(toFile),
    list: async (reader, { limit, after }) =>
      rows()
        .filter((row) => isOwn(row, reader))
        .toReversed()
        .filter(({ id }) => after === null || id < after)
        .slice(0, limit + 1)
        .map(toFile),
    async remove(reader, id) {
      const row = files.get(id)
      return row !== undefined && isOwn(row, reader) && files.delete(id)
    },
    listOfUser: async (userId, { limit, after }) =>
      rows()
        .filter((row) => row.userId === userId && (after === null || row.id > after))
        .slice(0, limit + 1)
        .map(toFile),
    removeOfUser: async (userId) => removeAll(rows().filter((row) => row.userId === userId)),
    removeForsaken: async (since, limit) =>
      removeAll(
        rows()
          .filter((row) => (row.isComplete ? !isThere(row) : row.createdAt < since))
          .slice(0, limit),
      ),
    listKnown: async (ids) => ids.filter((id) => files.has(id)),
  }
}
