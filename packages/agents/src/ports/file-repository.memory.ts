import type { AgentsTables, FileRow } from './agents-tables.memory.ts'
import type { FileRepository } from './file-repository.ts'

export function memoryFileRepository({ files }: Pick<AgentsTables, 'files'>): FileRepository {
  const rows = (): readonly FileRow[] => [...files.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const toFile = ({ isComplete: _, ...file }: FileRow) => file
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
    async find({ tenantId, userId }, id) {
      const row = files.get(id)
      return row?.isComplete && row.tenantId === tenantId && row.userId === userId ? toFile(row) : null
    },
    list: async (reader, { limit, after }) =>
      rows()
        .filter((row) => row.isComplete && row.tenantId === reader.tenantId && row.userId === reader.userId)
        .toReversed()
        .filter(({ id }) => after === null || id < after)
        .slice(0, limit + 1)
        .map(toFile),
    async remove({ tenantId, userId }, id) {
      const row = files.get(id)
      return (
        row?.isComplete === true && row.tenantId === tenantId && row.userId === userId && files.delete(id)
      )
    },
    listOfUser: async (userId, { limit, after }) =>
      rows()
        .filter((row) => row.userId === userId && (after === null || row.id > after))
        .slice(0, limit + 1)
        .map(toFile),
    removeOfUser: async (userId) => removeAll(rows().filter((row) => row.userId === userId)),
    removeUnfinished: async (since, limit) =>
      removeAll(
        rows()
          .filter(({ isComplete, createdAt }) => !isComplete && createdAt < since)
          .slice(0, limit),
      ),
    listKnown: async (ids) => ids.filter((id) => files.has(id)),
  }
}
