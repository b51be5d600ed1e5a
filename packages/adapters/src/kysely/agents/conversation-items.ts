import {
  type ConversationItem,
  type ConversationItems,
  newConversation,
  roleOf,
  searchable,
  textOf,
} from '@corbel/agents/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { insertCall } from './agent-usage-repository.ts'
import { columnsOfNew } from './conversation-columns.ts'
import type { AgentsTables } from './tables.ts'

export const kyselyConversationItems = (db: TenantDb): ConversationItems => ({
  async create(conversation) {
    await db
      .forTenant(conversation.tenantId)
      .insertInto('corbel_conversations')
      .values(columnsOfNew(newConversation(conversation)))
      .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
      .execute()
  },

  async isOpenTo(tenantId, id, userId) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_conversations')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where(sql<boolean>`(shared or user_id = ${userId})`)
      .executeTakeFirst()
    return row !== undefined
  },

  async append(tenantId, id, items, saidBy) {
    const counted = saidBy && insertCall(db, saidBy)
    if (items.length === 0) {
      await counted?.execute()
      return []
    }
    const updatedAt = items.at(-1)?.createdAt ?? null
    const roles = items.map(({ content }) => roleOf(content))
    const ids = items.map((item) => item.id)
    const clientIds = items.flatMap(({ clientMessageId }) => clientMessageId ?? [])
    // Ids by `any` and not by a join, which before the first `analyze` was planned as every item times every id.
    // The update locks the conversation, so that numbers come in order. A rival's snapshot does not show what was committed while it
    // waited for the lock: then the unique key of the client message id refuses its row, and without that row none is added.
    const { rows } = await sql<{ readonly seq: number }>`
      with told as (
        select * from unnest(
          ${ids}::text[], ${items.map(({ runId }) => runId)}::text[],
          ${items.map(({ clientMessageId }) => clientMessageId)}::text[], ${roles}::text[],
          ${items.map(({ content }) => JSON.stringify(content))}::text[],
          ${items.map(({ content }, index) => (roles[index] ? searchable(textOf(content)) : null))}::text[],
          ${items.map(({ createdAt }) => createdAt.toISOString())}::timestamptz[]
        ) with ordinality as t (id, run_id, client_message_id, role, content, said, created_at, place)
      ), conversation as (
        update corbel_conversations c set last_seq = last_seq + ${items.length}::integer, updated_at = ${updatedAt}::timestamptz
        where c.tenant_id = ${tenantId} and c.id = ${id} and not exists (
          select from corbel_conversation_items i
          where i.tenant_id = c.tenant_id and i.conversation_id = c.id and i.client_message_id = any(${clientIds}::text[])
        ) and not exists (
          select from corbel_conversation_items i where i.tenant_id = c.tenant_id and i.id = any(${ids}::text[])
        )
        returning c.tenant_id, c.id, c.user_id, c.last_seq
      ), fresh as (
        select c.tenant_id, c.id as conversation_id, c.last_seq - ${items.length}::integer + t.place::integer as seq, t.id, c.user_id,
          t.run_id, t.client_message_id, t.role, t.content::json,
          to_tsvector('simple', t.said) || array_to_tsvector(array[c.tenant_id, c.user_id]) as terms, t.created_at
        from conversation c, told t
      ), named as (
        insert into corbel_conversation_items
          (tenant_id, conversation_id, seq, id, user_id, run_id, client_message_id, role, content, terms, created_at)
        select * from fresh where client_message_id is not null
        on conflict on constraint corbel_conversation_items_client_key do nothing
        returning seq
      ), others as (
        insert into corbel_conversation_items
          (tenant_id, conversation_id, seq, id, user_id, run_id, client_message_id, role, content, terms, created_at)
        select * from fresh
        where client_message_id is null and (select count(*) from named) = ${clientIds.length}::integer
        returning seq
      )${counted ? sql`, counted as (${counted})` : sql``}
      select seq from named union all select seq from others order by seq`.execute(db.forTenant(tenantId))
    return rows.length === items.length ? rows.map(({ seq }) => seq) : null
  },

  async window(tenantId, id, limit) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_conversation_items')
      .select(itemColumns)
      .where('tenant_id', '=', tenantId)
      .where('conversation_id', '=', id)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute()
    return rows.map(toItem).toReversed()
  },

  async removeRun(tenantId, id, runId) {
    const { rows } = await sql<{ readonly removed: number }>`
      with removed as (
        delete from corbel_conversation_items
        where tenant_id = ${tenantId} and conversation_id = ${id} and run_id = ${runId}
        returning seq
      ), forgotten as (
        delete from corbel_conversation_summaries
        where tenant_id = ${tenantId} and conversation_id = ${id} and through_seq >= (select min(seq) from removed)
      )
      select count(*)::integer as removed from removed`.execute(db.forTenant(tenantId))
    return rows[0]?.removed ?? 0
  },
})

export const itemColumns = [
  'id',
  'seq',
  'run_id',
  'client_message_id',
  'content',
  'created_at',
] as const satisfies readonly (keyof AgentsTables['corbel_conversation_items'])[]

export type ItemRow = Pick<
  Selectable<AgentsTables['corbel_conversation_items']>,
  (typeof itemColumns)[number]
>

export const toItem = (row: ItemRow): ConversationItem => ({
  id: row.id,
  seq: row.seq,
  runId: row.run_id,
  clientMessageId: row.client_message_id,
  content: row.content,
  createdAt: row.created_at,
})
