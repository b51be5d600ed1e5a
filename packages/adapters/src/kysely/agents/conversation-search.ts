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

/** So many are looked through, newest first, before the index is asked: what is said often is found there, in order, at once. */
const looked = 500

export const kyselyConversationSearch = (db: TenantDb): ConversationSearch => ({
  async find({ tenantId, userId }, query, { limit, after }) {
    const key = after === null ? null : parseRecencyKey(after)
    const words = sql`websearch_to_tsquery('simple', ${searchable(query)})`
    // A lexeme of the owner or the tenant with the words: what others said is not even looked at.
    const withId = (id: string) => sql`(${words} && ${`'${id}'`}::tsquery)`
    const among = (id: string) => sql`(numnode(${words}) > 0 and terms @@ ${withId(id)})`
    const older = (id: string) =>
      key === null ? sql`true` : sql`(at, ${sql.ref(id)}) < (${key.updatedAt}::timestamptz, ${key.id})`
    // The index is asked by the policy of the partition, with the words in a setting, which is there before the rows are read: `lateral`
    // and what it takes from `asked` see to that. Without it nothing is found.
    const { rows } = await sql<Row>`
      with newest as materialized (
        select conversation_id, seq, id, at, ${among(userId)} as is_found
        from (select *, created_at as at from corbel_conversation_items) i
        where tenant_id = ${tenantId} and user_id = ${userId} and terms is not null and ${older('id')}
        order by at desc, id desc limit ${looked}::integer
      ), recent as materialized (
        select conversation_id, seq, id, at from newest where is_found order by at desc, id desc limit ${limit + 1}::integer
      ), asked as materialized (
        select set_config('corbel.search', ${withId(userId)}::text, true) as search where numnode(${words}) > 0
          and (select count(*) from newest) = ${looked}::integer and (select count(*) from recent) <= ${limit}::integer
      ), early as (
        select e.* from asked, lateral (
          select conversation_id, seq, id, at from (
            select *, created_at as at from corbel_searchable_items where terms @@ ${withId(userId)} offset 0
          ) i
          where asked.search <> '' and tenant_id = ${tenantId} and user_id = ${userId} and ${older('id')}
          order by at desc, id desc limit ${limit + 1}::integer
        ) e
      ), own as (
        select i.conversation_id, i.id, i.role, i.content, s.at from (
          select * from recent where not exists (select from asked) union all select * from early
        ) s
        join corbel_conversation_items i
          on i.tenant_id = ${tenantId} and i.conversation_id = s.conversation_id and i.seq = s.seq
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
