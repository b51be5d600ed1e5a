import { type ConversationRepository, parseRecencyKey } from '@corbel/agents/ports'
import { sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { columnsOfNew, conversationColumns, toConversation } from './conversation-columns.ts'
import { type ItemRow, toItem } from './conversation-items.ts'
import { termsOf } from './terms.ts'

export const kyselyConversationRepository = (db: TenantDb): ConversationRepository => ({
  async insert(conversation) {
    await db
      .forTenant(conversation.tenantId)
      .insertInto('corbel_conversations')
      .values(columnsOfNew(conversation))
      .execute()
  },

  async find({ tenantId, userId }, id) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_conversations')
      .select(conversationColumns)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where(sql<boolean>`(user_id = ${userId} or shared)`)
      .executeTakeFirst()
    return row ? toConversation(row) : null
  },

  async list({ tenantId, userId }, { of }, { limit, after }) {
    const key = after === null ? null : parseRecencyKey(after)
    // One index serves each part; together they would be found by scanning the tenant's.
    const part = (whose: 'me' | 'others') => {
      const isWanted = of === 'all' || of === whose
      return sql`(
        select tenant_id, id, user_id, title, shared, memory, created_at, updated_at from corbel_conversations
        where tenant_id = ${tenantId} and ${isWanted}::boolean
          and ${whose === 'me' ? sql`user_id = ${userId}` : sql`shared and user_id <> ${userId}`}
          and ${key === null ? sql`true` : sql`(updated_at, id) < (${key.updatedAt}::timestamptz, ${key.id})`}
        order by updated_at desc, id desc limit ${limit + 1}::integer)`
    }
    const { rows } = await sql<Parameters<typeof toConversation>[0]>`
      ${part('me')} union all ${part('others')} order by updated_at desc, id desc limit ${limit + 1}::integer`.execute(
      db.forTenant(tenantId),
    )
    return rows.map(toConversation)
  },

  async update(owner, id, { title, shared, memory }) {
    const { tenantId, userId } = owner
    const row = await db
      .forTenant(tenantId)
      .updateTable('corbel_conversations')
      .set({
        id,
        ...(title !== undefined && { title, title_terms: termsOf(title ?? '', owner) }),
        ...(shared !== undefined && { shared }),
        ...(memory !== undefined && { memory: jsonb(memory) }),
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .returning(conversationColumns)
      .executeTakeFirst()
    return row ? toConversation(row) : null
  },

  async remove({ tenantId, userId }, id) {
    const { numDeletedRows } = await db
      .forTenant(tenantId)
      .deleteFrom('corbel_conversations')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  },

  async listItems({ tenantId, userId }, id, { kind, direction }, { limit, after }) {
    const order = direction === 'asc' ? sql`asc` : sql`desc`
    const beyond = direction === 'asc' ? sql`>` : sql`<`
    const { rows } = await sql<ItemRow | { readonly seq: null }>`
      select i.* from corbel_conversations c
      left join lateral (
        select id, seq, run_id, client_message_id, content, created_at from corbel_conversation_items
        where tenant_id = c.tenant_id and conversation_id = c.id
          and ${kind === 'all' ? sql`true` : sql`role is not null`}
          and ${after === null ? sql`true` : sql`seq ${beyond} ${after}::integer`}
        order by seq ${order} limit ${limit + 1}::integer
      ) i on true
      where c.tenant_id = ${tenantId} and c.id = ${id} and (c.user_id = ${userId} or c.shared)
      order by i.seq ${order}`.execute(db.forTenant(tenantId))
    if (rows.length === 0) return null
    return rows.flatMap((row) => (row.seq === null ? [] : toItem(row)))
  },

  async truncate({ tenantId, userId }, id, from) {
    // What is said meanwhile waits for the lock and comes after what is left.
    const { rows } = await sql<{ readonly removed: number }>`
      with conversation as materialized (
        select tenant_id, id from corbel_conversations
        where tenant_id = ${tenantId} and id = ${id} and user_id = ${userId} for update
      ), removed as (
        delete from corbel_conversation_items i using conversation c
        where i.tenant_id = c.tenant_id and i.conversation_id = c.id and i.seq >= (
          select s.seq from corbel_conversation_items s
          where s.tenant_id = c.tenant_id and s.conversation_id = c.id and s.id = ${from} and s.role = 'user')
        returning i.seq
      ), forgotten as (
        delete from corbel_conversation_summaries s using conversation c
        where s.tenant_id = c.tenant_id and s.conversation_id = c.id
          and s.through_seq >= (select min(seq) from removed)
      )
      select count(*)::integer as removed from removed`.execute(db.forTenant(tenantId))
    return rows[0]?.removed || null
  },

  async listOfUser(userId, { limit, after }) {
    const rows = await db
      .platform('conversations.listOfUser')
      .selectFrom('corbel_conversations')
      .select(conversationColumns)
      .select(({ selectFrom }) =>
        selectFrom('corbel_conversation_summaries as made')
          .select('made.summary')
          .whereRef('made.tenant_id', '=', 'corbel_conversations.tenant_id')
          .whereRef('made.conversation_id', '=', 'corbel_conversations.id')
          .as('summary'),
      )
      .where('user_id', '=', userId)
      .$if(after !== null, (query) => query.where(sql<boolean>`id > ${after}`))
      .orderBy('id')
      .limit(limit + 1)
      .execute()
    return rows.map((row) => ({ ...toConversation(row), summary: row.summary }))
  },

  async removeOfUser(userId) {
    const { numDeletedRows } = await db
      .platform('conversations.removeOfUser')
      .deleteFrom('corbel_conversations')
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },

  async purge(since, limit) {
    const { numAffectedRows = 0n } = await sql`
      delete from corbel_conversations c using (
        select tenant_id, id from corbel_conversations where updated_at < ${since}::timestamptz
        order by updated_at limit ${limit}::integer for update skip locked
      ) old
      where c.tenant_id = old.tenant_id and c.id = old.id`.execute(db.platform('conversations.purge'))
    return Number(numAffectedRows)
  },
})
