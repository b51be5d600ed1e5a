import type { AgentApproval, AgentApprovalRepository } from '@corbel/agents/ports'
import type { Id } from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { AgentRunTables } from './run-tables.ts'

type Row = Selectable<AgentRunTables['corbel_agent_approvals']>

export function kyselyAgentApprovalRepository(db: TenantDb): AgentApprovalRepository {
  const ofTenant = (tenantId: Id<'ten'>) =>
    db
      .forTenant(tenantId)
      .selectFrom('corbel_agent_approvals')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .orderBy('id')
  const changing = (tenantId: Id<'ten'>) =>
    db.forTenant(tenantId).updateTable('corbel_agent_approvals').where('tenant_id', '=', tenantId)

  return {
    async insert(approvals) {
      const [first] = approvals
      if (!first) return
      await db
        .forTenant(first.tenantId)
        .insertInto('corbel_agent_approvals')
        .values(approvals.map(toRow))
        .onConflict((conflict) => conflict.columns(['tenant_id', 'run_id', 'call_id']).doNothing())
        .execute()
    },

    async find(tenantId, id) {
      const row = await ofTenant(tenantId).where('id', '=', id).executeTakeFirst()
      return row ? toApproval(row) : null
    },

    async listOfRun(tenantId, runId) {
      return (await ofTenant(tenantId).where('run_id', '=', runId).execute()).map(toApproval)
    },

    async listPending(tenantId, userId, now, { limit, after }) {
      const rows = await ofTenant(tenantId)
        .where('user_id', '=', userId)
        .where('status', '=', 'pending')
        .where('expires_at', '>', now)
        .where('id', '>', (after ?? '') as Id<'apv'>)
        .limit(limit)
        .execute()
      return rows.map(toApproval)
    },

    async decide(tenantId, id, { status, reason, at }) {
      const row = await changing(tenantId)
        .set({ status, reason, decided_at: at })
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .where('expires_at', '>', at)
        .returningAll()
        .executeTakeFirst()
      return row ? toApproval(row) : null
    },

    async take(tenantId, id, at) {
      const { numUpdatedRows } = await changing(tenantId)
        .set({ taken_at: at })
        .where('id', '=', id)
        .where('status', '=', 'approved')
        .where('taken_at', 'is', null)
        .executeTakeFirstOrThrow()
      return numUpdatedRows > 0n
    },

    async withdraw(tenantId, runId, at) {
      await changing(tenantId)
        .set({ status: 'withdrawn', decided_at: at })
        .where('run_id', '=', runId)
        .where('status', '=', 'pending')
        .execute()
    },

    async expire(now, limit) {
      const { numAffectedRows } = await sql`
        update corbel_agent_approvals set status = 'expired', decided_at = ${now}::timestamptz
        where (tenant_id, id) in (
          select tenant_id, id from corbel_agent_approvals
          where status = 'pending' and expires_at <= ${now}::timestamptz
          order by expires_at limit ${limit} for update skip locked
        )`.execute(db.platform('agentApprovals.expire'))
      return Number(numAffectedRows ?? 0n)
    },
  }
}

const toRow = (approval: Parameters<AgentApprovalRepository['insert']>[0][number]) => ({
  tenant_id: approval.tenantId,
  id: approval.id,
  run_id: approval.runId,
  conversation_id: approval.conversationId,
  user_id: approval.userId,
  agent: approval.agent,
  call_id: approval.callId,
  tool: approval.tool,
  arguments_hash: approval.argumentsHash,
  sealed_arguments: approval.sealedArguments,
  status: 'pending' as const,
  reason: null,
  created_at: approval.createdAt,
  expires_at: approval.expiresAt,
  decided_at: null,
  taken_at: null,
})

const toApproval = (row: Row): AgentApproval => ({
  tenantId: row.tenant_id,
  id: row.id,
  runId: row.run_id,
  conversationId: row.conversation_id,
  userId: row.user_id,
  agent: row.agent,
  callId: row.call_id,
  tool: row.tool,
  argumentsHash: row.arguments_hash,
  sealedArguments: row.sealed_arguments,
  status: row.status,
  reason: row.reason,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  decidedAt: row.decided_at,
})
