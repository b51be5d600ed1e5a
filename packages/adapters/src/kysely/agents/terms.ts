import { searchable } from '@corbel/agents/ports'
import { type RawBuilder, sql } from 'kysely'

/** What a row is found by, as `corbel_conversations.title_terms` and `corbel_conversation_items.terms` have it. */
export const termsOf = (
  text: string,
  owner: { readonly tenantId: string; readonly userId: string },
): RawBuilder<never> =>
  sql<never>`to_tsvector('simple', ${searchable(text)}) || array_to_tsvector(array[${owner.tenantId}, ${owner.userId}]::text[])`
