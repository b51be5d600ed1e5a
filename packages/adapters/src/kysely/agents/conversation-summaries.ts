import type { ConversationMemory, ConversationSummaries, ItemContent } from '@corbel/agents/ports'
import { sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import { itemColumns, type ItemRow, toItem } from './conversation-items.ts'

interface Head {
  readonly memory: ConversationMemory
  readonly summary: string | null
  readonly throughSeq: number | null
  readonly others: readonly string[]
}

type Row = Omit<ItemRow, 'content'> & { readonly content: ItemContent | Head }

const mostOthers = 5

export const kyselyConversationSummaries = (db: TenantDb): ConversationSummaries => ({
  async recall({ tenantId, userId }, id, limit) {
    // The first row is about the conversation: numbers of items begin with 1.
    const { rows } = await sql<Row>`
      select '' as id, 0 as seq, null as run_id, null as client_message_id, json_build_object(
        'memory', c.memory, 'summary', s.summary, 'throughSeq', s.through_seq, 'others',
        case when (c.memory->>'crossSession')::boolean and not c.shared and c.user_id = ${userId} then array(
          select o.summary from corbel_conversation_summaries o
          join corbel_conversations oc on oc.tenant_id = o.tenant_id and oc.id = o.conversation_id
          where o.tenant_id = ${tenantId} and o.user_id = ${userId} and o.conversation_id <> c.id
            and (oc.memory->>'crossSession')::boolean
          order by o.updated_at desc limit ${mostOthers}::integer
        ) else '{}' end) as content, c.created_at
      from corbel_conversations c
      left join corbel_conversation_summaries s on s.tenant_id = c.tenant_id and s.conversation_id = c.id
      where c.tenant_id = ${tenantId} and c.id = ${id}
      union all (
        select id, seq, run_id, client_message_id, content, created_at from corbel_conversation_items
        where tenant_id = ${tenantId} and conversation_id = ${id} order by seq desc limit ${limit}::integer
      )`.execute(db.forTenant(tenantId))
    const [head, ...items] = rows.toSorted((a, b) => a.seq - b.seq)
    if (head?.seq !== 0) return null
    const { memory, summary, throughSeq, others } = head.content as Head
    return {
      memory,
      summary: summary === null || throughSeq === null ? null : { text: summary, throughSeq },
      others,
      items: items.map((row) => toItem(row as ItemRow)),
    }
  },

  async listUncovered(tenantId, id, { keep, limit }) {
    const { rows } = await sql<ItemRow>`
      select ${sql.join(itemColumns.map((column) => sql.ref(column)))} from corbel_conversation_items
      where tenant_id = ${tenantId} and conversation_id = ${id}
        and seq > coalesce((
          select through_seq from corbel_conversation_summaries where tenant_id = ${tenantId} and conversation_id = ${id}), 0)
        and seq <= coalesce((
          select seq from corbel_conversation_items where tenant_id = ${tenantId} and conversation_id = ${id}
          order by seq desc offset ${keep}::integer limit 1), 0)
      order by seq limit ${limit}::integer`.execute(db.forTenant(tenantId))
    return rows.map(toItem)
  },

  async replace(tenantId, id, { text, throughSeq }, after, at) {
    // The lock keeps out who shortens the conversation meanwhile.
    const { rows } = await sql`
      with conversation as materialized (
        select tenant_id, id, user_id from corbel_conversations where tenant_id = ${tenantId} and id = ${id} for update
      )
      insert into corbel_conversation_summaries as s
        (tenant_id, conversation_id, user_id, summary, through_seq, updated_at)
      select tenant_id, id, user_id, ${text}::text, ${throughSeq}::integer, ${at}::timestamptz from conversation c
      where exists (
        select from corbel_conversation_items i
        where i.tenant_id = c.tenant_id and i.conversation_id = c.id and i.seq = ${throughSeq}::integer
      ) and (${after}::integer = 0 or exists (
        select from corbel_conversation_summaries b where b.tenant_id = c.tenant_id and b.conversation_id = c.id
      ))
      on conflict on constraint corbel_conversation_summaries_pkey do update
      set summary = excluded.summary, through_seq = excluded.through_seq, updated_at = excluded.updated_at
      where s.through_seq = ${after}::integer
      returning 1`.execute(db.forTenant(tenantId))
    return rows.length > 0
  },
})
