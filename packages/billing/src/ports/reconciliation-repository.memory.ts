import type { BillingTables } from './billing-tables.memory.ts'
import type { ReconciliationRepository } from './reconciliation-repository.ts'

export const memoryReconciliationRepository = ({
  billingMarks: marks,
}: Pick<BillingTables, 'billingMarks'>): ReconciliationRepository => ({
  find: async (account) => structuredClone(marks.get(account) ?? null),
  save: async (mark) => void marks.set(mark.account, structuredClone(mark)),
})
