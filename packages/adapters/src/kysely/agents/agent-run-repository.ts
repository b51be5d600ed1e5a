import {
  type AgentRunRecord,
  type AgentRunRepository,
  type NewAgentRun,
  roleOf,
  searchable,
  textOf,
} from '@corbel/agents/ports'
import type { Id } from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { isUniqueViolation } from '../violations.ts'
import type { AgentRunTables } from './run-tables.ts'

type Row = Selectable<AgentRunTables['corbel_agent_runs']>

export function kyselyAgentRunRepository(db: TenantDb): AgentRunRepository {
  const ofTenant = (tenantId: Id<'ten'>) =>
    db.forTenant(tenantId).selectFrom('corbel_agent_runs').selectAll().where('tenant_id', '=', tenantId)
  const changing = (tenantId: Id<'ten'>, id: AgentRunRecord['id']) =>
    db
      .forTenant(tenantId)
      .updateTable('corbel_agent_runs')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)

  /** Does nothing when it was sent before. */
  async function enqueue(run: NewAgentRun) {
    const row = await db
      .forTenant(run.tenantId)
      .insertInto('corbel_agent_runs')
      .values({
        tenant_id: run.tenantId,
        id: run.id,
        conversation_id: run.conversationId,
        user_id: run.userId,
        scopes: run.scopes,
        agent: run.agent,
        message: run.message,
        attachments: jsonb(run.attachments),
        client_message_id: run.clientMessageId,
        cancelling: false,
        discarding: false,
        pauses: 0,
        error_code: null,
        created_at: run.createdAt,
        ended_at: null,
        status: 'queued',
        attempts: 0,
        owner: null,
        lease_until: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    return row && toRecord(row)
  }

  async function findRepeated({ tenantId, conversationId, clientMessageId }: NewAgentRun) {
    const row = await ofTenant(tenantId)
      .where('conversation_id', '=', conversationId)
      .where('client_message_id', '=', clientMessageId)
      .executeTakeFirst()
    return row && toRecord(row)
  }

  return {
    async begin(run, { owner, until }, mayWait, { id, content }) {
      // The numbers of the conversation are given out under its lock, and only to who got the run.
      const { rows } = await sql<Row & { readonly is_open: boolean }>`
        with conversation as (
          select tenant_id, id from corbel_conversations
          where tenant_id = ${run.tenantId} and id = ${run.conversationId} and (shared or user_id = ${run.userId})
        ), begun as (
          insert into corbel_agent_runs (tenant_id, id, conversation_id, user_id, scopes, agent, message, attachments, client_message_id,
            status, attempts, owner, lease_until, created_at)
          select tenant_id, ${run.id}, id, ${run.userId}, ${run.scopes}::text[], ${run.agent}, ${run.message}, ${JSON.stringify(run.attachments)}::jsonb,
            ${run.clientMessageId}, 'running', 1, ${owner}, ${until}::timestamptz, ${run.createdAt}::timestamptz
          from conversation
          on conflict do nothing
          returning *
        ), said as (
          update corbel_conversations c set last_seq = c.last_seq + 1, updated_at = begun.created_at from begun
          where c.tenant_id = begun.tenant_id and c.id = begun.conversation_id
          returning c.tenant_id, c.id, c.user_id, c.last_seq, begun.id as run_id, begun.client_message_id, begun.created_at
        ), item as (
          insert into corbel_conversation_items
            (tenant_id, conversation_id, seq, id, user_id, run_id, client_message_id, role, content, terms, created_at)
          select tenant_id, id, last_seq, ${id}, user_id, run_id, client_message_id, ${roleOf(content)},
            ${JSON.stringify(content)}::json,
            to_tsvector('simple', ${searchable(textOf(content))}) || array_to_tsvector(array[tenant_id, user_id]), created_at
          from said
          on conflict on constraint corbel_conversation_items_client_key do nothing
        )
        select opened.is_open, begun.* from (select exists (select from conversation) as is_open) opened
        left join begun on true`.execute(db.forTenant(run.tenantId))
      const [row] = rows
      if (row?.is_open !== true) return { outcome: 'closed' }
      if (row.id !== null) return { outcome: 'running', run: toRecord(row) }
      const repeated = await findRepeated(run)
      if (repeated) return { outcome: 'repeated', run: repeated }
      if (!mayWait) return { outcome: 'busy' }
      const queued = await enqueue(run)
      if (queued) return { outcome: 'queued', run: queued }
      const rival = await findRepeated(run)
      return rival ? { outcome: 'repeated', run: rival } : { outcome: 'busy' }
    },

    async find(tenantId, id) {
      const row = await ofTenant(tenantId).where('id', '=', id).executeTakeFirst()
      return row ? toRecord(row) : null
    },

    async findActive(tenantId, conversationId) {
      const row = await ofTenant(tenantId)
        .where('conversation_id', '=', conversationId)
        .where('status', 'in', ['running', 'waiting'])
        .executeTakeFirst()
      return row ? toRecord(row) : null
    },

    async renew(tenantId, id, { owner, until }) {
      const row = await changing(tenantId, id)
        .set({ lease_until: until })
        .where('status', '=', 'running')
        .where('owner', '=', owner)
        .returning('cancelling')
        .executeTakeFirst()
      return row ? (row.cancelling ? 'cancelling' : 'held') : 'lost'
    },

    async handOver(tenantId, id, owner, agent) {
      const { numUpdatedRows } = await changing(tenantId, id)
        .set({ agent })
        .where('status', '=', 'running')
        .where('owner', '=', owner)
        .executeTakeFirstOrThrow()
      return numUpdatedRows > 0n
    },

    async end(tenantId, id, owner, { status, errorCode, endedAt }) {
      const { rows } = await sql<{ readonly waiting: boolean }>`
        update corbel_agent_runs run set status = ${status}, error_code = ${errorCode}, ended_at = ${endedAt}::timestamptz,
          owner = null, lease_until = null
        where tenant_id = ${tenantId} and id = ${id} and status = 'running' and owner = ${owner}
        returning exists (
          select from corbel_agent_runs queued
          where queued.tenant_id = ${tenantId} and queued.conversation_id = run.conversation_id and queued.status = 'queued'
        ) as waiting`.execute(db.forTenant(tenantId))
      return rows[0] ? { isNextWaiting: rows[0].waiting } : null
    },

    async pause(tenantId, id, owner) {
      const { numUpdatedRows } = await changing(tenantId, id)
        .set(({ eb }) => ({
          status: 'waiting',
          owner: null,
          lease_until: null,
          pauses: eb('pauses', '+', 1),
        }))
        .where('status', '=', 'running')
        .where('owner', '=', owner)
        .where('cancelling', '=', false)
        .executeTakeFirstOrThrow()
      return numUpdatedRows > 0n
    },

    async rescope(tenantId, id, scopes) {
      const { numUpdatedRows } = await changing(tenantId, id)
        .set({ scopes })
        .where('status', 'in', ['running', 'waiting'])
        .executeTakeFirstOrThrow()
      return numUpdatedRows > 0n
    },

    async resume(tenantId, id, { owner, until }) {
      const { rows } = await sql<Row>`
        update corbel_agent_runs run set status = 'running', owner = ${owner}, lease_until = ${until}::timestamptz
        where tenant_id = ${tenantId} and id = ${id} and status = 'waiting' and ${nothingPending('run')}
        returning *`.execute(db.forTenant(tenantId))
      return rows[0] ? toRecord(rows[0]) : null
    },

    async cancel(tenantId, id, { discarding, at }) {
      const { rows } = await sql<Row>`
        update corbel_agent_runs set
          ended_at = case status when 'queued' then ${at}::timestamptz end,
          cancelling = status <> 'queued',
          discarding = status <> 'queued' and (discarding or ${discarding}),
          status = case status when 'queued' then 'cancelled' else status end
        where tenant_id = ${tenantId} and id = ${id} and status in ('queued', 'running', 'waiting')
        returning *`.execute(db.forTenant(tenantId))
      return rows[0] ? toRecord(rows[0]) : null
    },

    async next(tenantId, conversationId, { owner, until }) {
      const scoped = db.forTenant(tenantId)
      // In a transaction this keeps two callers apart; the update must be a statement of its own, to see what the other has done.
      // Outside of one the first run is waited for, not skipped: who skipped it would start the second.
      await sql`select pg_advisory_xact_lock(hashtextextended('corbel agent run ' || ${conversationId}::text, 0))`.execute(
        scoped,
      )
      // Who ends the active run may not have seen the one that waits: it is waited for.
      await sql`
        select from corbel_agent_runs where tenant_id = ${tenantId} and conversation_id = ${conversationId}
          and status in ('running', 'waiting') for share`.execute(scoped)
      const next = sql<Row>`
        update corbel_agent_runs set status = 'running', attempts = 1, owner = ${owner}, lease_until = ${until}::timestamptz
        where tenant_id = ${tenantId} and id = (
          select id from corbel_agent_runs
          where tenant_id = ${tenantId} and conversation_id = ${conversationId} and status = 'queued'
          order by id limit 1 for update
        ) and not exists (
          select from corbel_agent_runs
          where tenant_id = ${tenantId} and conversation_id = ${conversationId} and status in ('running', 'waiting')
        )
        returning *`
      try {
        const { rows } = await next.execute(scoped)
        return rows[0] ? toRecord(rows[0]) : null
      } catch (error) {
        // One that began meanwhile is active now.
        if (isUniqueViolation(error, 'corbel_agent_runs_active_key')) return null
        throw error
      }
    },

    async adopt(now, { owner, until }, limit) {
      const { rows } = await sql<Row>`
        update corbel_agent_runs set status = 'running', owner = ${owner}, lease_until = ${until}::timestamptz,
          attempts = attempts + case status when 'running' then 1 else 0 end
        where (tenant_id, id) in (
          select tenant_id, id from corbel_agent_runs run
          where (status = 'running' and lease_until < ${now}::timestamptz) or (status = 'waiting' and ${nothingPending('run')})
          order by lease_until limit ${limit} for update skip locked
        )
        returning *`.execute(db.platform('agentRuns.adopt'))
      return rows.map(toRecord)
    },

    async listStalled(limit) {
      const { rows } = await sql<Pick<Row, 'tenant_id' | 'conversation_id'>>`
        select distinct tenant_id, conversation_id from corbel_agent_runs waiting
        where status = 'queued' and not exists (
          select from corbel_agent_runs active
          where active.tenant_id = waiting.tenant_id and active.conversation_id = waiting.conversation_id
            and active.status in ('running', 'waiting')
        ) limit ${limit}`.execute(db.platform('agentRuns.listStalled'))
      return rows.map((row) => ({ tenantId: row.tenant_id, conversationId: row.conversation_id }))
    },
  }
}

/** Nothing of the run is pending. */
const nothingPending = (run: string) => sql`not exists (
  select from corbel_agent_approvals pending
  where pending.tenant_id = ${sql.ref(run)}.tenant_id and pending.run_id = ${sql.ref(run)}.id and pending.status = 'pending'
)`

const toRecord = (row: Row): AgentRunRecord => ({
  tenantId: row.tenant_id,
  id: row.id,
  conversationId: row.conversation_id,
  userId: row.user_id,
  scopes: row.scopes,
  agent: row.agent,
  message: row.message,
  attachments: row.attachments,
  clientMessageId: row.client_message_id,
  status: row.status,
  cancelling: row.cancelling,
  discarding: row.discarding,
  pauses: row.pauses,
  attempts: row.attempts,
  errorCode: row.error_code,
  createdAt: row.created_at,
  endedAt: row.ended_at,
})
