import {
  type ConversationId,
  type ConversationItemId,
  type ConversationSearch,
  type ItemContent,
  parseRecencyKey,
  searchable,
  textOf,
} from '@corbel/agents/ports'
import { sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'

interface Row {
  readonly conversation_id: ConversationId
  readonly title: string | null
  readonly item_id: ConversationItemId | null
  readonly role: 'user' | 'assistant' | null
  readonly content: ItemContent | null
  readonly at: Date
}

export const kyselyConversationSearch = (db: TenantDb): ConversationSearch => ({
  async find({ tenantId, userId }, query, { limit, after }) {
    const key = after === null ? null : parseRecencyKey(after)
    const words = sql`websearch_to_tsquery('simple', ${searchable(query)})`
    // A lexeme of the owner or the tenant with the words: what others said is not even looked at.
    const among = (id: string) =>
      sql`(numnode(${words}) > 0 and terms @@ (${words} && ${`'${id}'`}::tsquery))`
    const older = (id: string) =>
      key === null ? sql`true` : sql`(at, ${sql.ref(id)}) < (${key.updatedAt}::timestamptz, ${key.id})`
    const { rows } = await sql<Row>`
      with own as (
        select conversation_id, id, role, content, at
        from (select *, created_at as at from corbel_conversation_items) i
        where tenant_id = ${tenantId} and user_id = ${userId} and terms is not null and ${among(userId)} and ${older('id')}
        order by at desc, id desc limit ${limit + 1}::integer
      ), shared as (
        select conversation_id, id, role, content, at
        from (select *, created_at as at from corbel_conversation_items) i
        where tenant_id = ${tenantId} and terms is not null and ${among(tenantId)} and ${older('id')}
          and conversation_id = any(array(
            select c.id from corbel_conversations c where c.tenant_id = ${tenantId} and c.shared and c.user_id <> ${userId}))
        order by at desc, id desc limit ${limit + 1}::integer
      ), titled as (
        select id, at
        from (select *, title_terms as terms, updated_at as at from corbel_conversations) c
        where tenant_id = ${tenantId} and title is not null and (user_id = ${userId} or shared) and ${among(tenantId)} and ${older('id')}
        order by at desc, id desc limit ${limit + 1}::integer
      ), found as (
        select conversation_id, id as item_id, role, content, at from own
        union all select conversation_id, id, role, content, at from shared
        union all select id, null, null, null, at from titled
      )
      select f.*, c.title from found f
      join corbel_conversations c on c.tenant_id = ${tenantId} and c.id = f.conversation_id
      order by f.at desc, coalesce(f.item_id, f.conversation_id) desc limit ${limit + 1}::integer`.execute(
      db.forTenant(tenantId),
    )
    return rows.map((row) => ({
      conversationId: row.conversation_id,
      title: row.title,
      itemId: row.item_id,
      role: row.role,
      text: row.content === null ? (row.title ?? '') : textOf(row.content),
      at: row.at,
    }))
  },
})
