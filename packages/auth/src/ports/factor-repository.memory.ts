import type { EventRecorder } from '@corbel/core/ports'
import type { AuthTables, FactorRow } from './auth-tables.memory.ts'
import type { FactorRecord, FactorRepository } from './factor-repository.ts'

export function memoryFactorRepository(
  { factors }: Pick<AuthTables, 'factors'>,
  recorder: EventRecorder,
): FactorRepository {
  return {
    async enroll({ id, userId, kind, label, secret, createdAt }) {
      for (const row of factors.values())
        if (row.userId === userId && row.kind === kind && row.confirmedAt === null) factors.delete(row.id)
      const blank = { confirmedAt: null, lastUsedAt: null, lastStep: null }
      factors.set(id, { id, userId, kind, label, secret, createdAt, ...blank })
    },

    list: async (userId) =>
      [...factors.values()]
        .filter((row) => row.userId === userId)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map(shown),

    async confirm(userId, id, step, now, events) {
      const row = factors.get(id)
      if (row?.userId !== userId || row.confirmedAt !== null) return false
      factors.set(id, { ...row, confirmedAt: now, lastUsedAt: now, lastStep: step })
      await recorder.record(...events)
      return true
    },

    async claim(userId, id, step, now) {
      const row = factors.get(id)
      if (row?.userId !== userId || row.lastStep === null || row.lastStep >= step) return false
      factors.set(id, { ...row, lastUsedAt: now, lastStep: step })
      return true
    },

    async remove(userId, id, events) {
      if (factors.get(id)?.userId !== userId) return false
      factors.delete(id)
      await recorder.record(...events)
      return true
    },
  }
}

const shown = ({ lastStep: _, ...factor }: FactorRow): FactorRecord => structuredClone(factor)
