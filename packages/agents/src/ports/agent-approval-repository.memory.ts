import type { Id } from '@corbel/core'
import type { AgentApproval, AgentApprovalRepository } from './agent-approval-repository.ts'
import type { AgentApprovalRow, AgentsTables } from './agents-tables.memory.ts'

export function memoryAgentApprovalRepository({
  agentApprovals,
}: Pick<AgentsTables, 'agentApprovals'>): AgentApprovalRepository {
  const rows = () => [...agentApprovals.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const find = (tenantId: Id<'ten'>, id: Id<'apv'>) => {
    const row = agentApprovals.get(id)
    return row?.tenantId === tenantId ? row : null
  }
  const replace = (row: AgentApprovalRow, change: Partial<AgentApprovalRow>): AgentApproval => {
    agentApprovals.set(row.id, { ...row, ...change })
    return shown({ ...row, ...change })
  }
  return {
    async insert(approvals) {
      for (const approval of approvals)
        if (!rows().some((row) => sameCall(row, approval)))
          agentApprovals.set(approval.id, {
            ...structuredClone(approval),
            status: 'pending',
            reason: null,
            decidedAt: null,
            takenAt: null,
          })
    },
    async find(tenantId, id) {
      const row = find(tenantId, id)
      return row && shown(row)
    },
    listOfRun: async (tenantId, runId) =>
      rows()
        .filter((row) => row.tenantId === tenantId && row.runId === runId)
        .map(shown),
    listPending: async (tenantId, userId, now, { limit, after }) =>
      rows()
        .filter((row) => row.tenantId === tenantId && row.userId === userId)
        .filter((row) => row.status === 'pending' && row.expiresAt > now && row.id > (after ?? ''))
        .slice(0, limit)
        .map(shown),
    async decide(tenantId, id, { status, reason, at }) {
      const row = find(tenantId, id)
      if (row?.status !== 'pending' || row.expiresAt <= at) return null
      return replace(row, { status, reason, decidedAt: at })
    },
    async take(tenantId, id, at) {
      const row = find(tenantId, id)
      if (row?.status !== 'approved' || row.takenAt !== null) return false
      replace(row, { takenAt: at })
      return true
    },
    async withdraw(tenantId, runId, at) {
      for (const row of rows())
        if (row.tenantId === tenantId && row.runId === runId && row.status === 'pending')
          replace(row, { status: 'withdrawn', decidedAt: at })
    },
    async expire(now, limit) {
      const late = rows().filter((row) => row.status === 'pending' && row.expiresAt <= now)
      for (const row of late.slice(0, limit)) replace(row, { status: 'expired', decidedAt: now })
      return Math.min(late.length, limit)
    },
  }
}

const sameCall = (
  a: Pick<AgentApproval, 'tenantId' | 'runId' | 'callId'>,
  b: Pick<AgentApproval, 'tenantId' | 'runId' | 'callId'>,
): boolean => a.tenantId === b.tenantId && a.runId === b.runId && a.callId === b.callId

const shown = ({ takenAt: _, ...approval }: AgentApprovalRow): AgentApproval => structuredClone(approval)
