import { newId } from '@corbel/core'
import type { BillingTables, CommandRow } from './billing-tables.memory.ts'
import type { ClaimedCommand, CommandClaim, CommandLease, CommandRepository } from './command-repository.ts'

export function memoryCommandRepository({
  billingCommands: commands,
}: Pick<BillingTables, 'billingCommands'>): CommandRepository {
  function take(row: CommandRow, { now, leaseMs }: CommandLease): ClaimedCommand {
    const receipt = newId('rcp')
    const dueAt = new Date(now.getTime() + leaseMs)
    const claimed = { ...row, attempts: row.attempts + 1, receipt, dueAt }
    commands.set(row.id, claimed)
    const { dueAt: _, ...command } = structuredClone(claimed)
    return { ...command, receipt }
  }
  const held = ({ tenantId, id, receipt }: CommandClaim): CommandRow | null => {
    const row = commands.get(id)
    return row?.tenantId === tenantId && row.status === 'pending' && row.receipt === receipt ? row : null
  }
  const shown = ({ receipt: _, dueAt: __, ...command }: CommandRow) => structuredClone(command)

  return {
    async insert(draft, lease) {
      const { tenantId, lane, recordedAt } = draft
      const isTaken = [...commands.values()].some(
        (row) => lane !== null && row.tenantId === tenantId && row.lane === lane && row.status === 'pending',
      )
      if (isTaken) return null
      const unsent = { status: 'pending', attempts: 0, resultId: null, note: null, endedAt: null } as const
      return take({ ...structuredClone(draft), ...unsent, receipt: null, dueAt: recordedAt }, lease)
    },
    async findOpen(tenantId, lane) {
      const row = [...commands.values()].find(
        (each) => each.tenantId === tenantId && each.lane === lane && each.status === 'pending',
      )
      return row ? shown(row) : null
    },
    async claim(tenantId, id, lease) {
      const row = commands.get(id)
      if (row?.tenantId !== tenantId || row.status !== 'pending') return null
      return row.receipt !== null && row.dueAt > lease.now ? null : take(row, lease)
    },
    claimDue: async ({ limit, ...lease }) =>
      [...commands.values()]
        .filter(({ status, dueAt }) => status === 'pending' && dueAt <= lease.now)
        .toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt))
        .slice(0, limit)
        .map((row) => take(row, lease)),
    async settle(claim, ending, now) {
      const row = held(claim)
      if (row) commands.set(row.id, { ...row, ...ending, endedAt: now, receipt: null })
      return row !== null
    },
    async defer(claim, { retryAt, note }) {
      const row = held(claim)
      if (row) commands.set(row.id, { ...row, dueAt: retryAt, note, receipt: null })
      return row !== null
    },
    async findLast(tenantId, operation) {
      const [last] = [...commands.values()]
        .filter((row) => row.tenantId === tenantId && row.operation === operation && row.status === 'done')
        .toSorted((a, b) => Number(b.recordedAt) - Number(a.recordedAt) || (a.id < b.id ? 1 : -1))
      return last ? shown(last) : null
    },
    async purge(endedBefore) {
      const old = [...commands.values()].filter(({ endedAt }) => endedAt !== null && endedAt < endedBefore)
      for (const { id } of old) commands.delete(id)
      return old.length
    },
  }
}
