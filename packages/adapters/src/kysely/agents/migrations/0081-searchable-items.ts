import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// Postgres keeps `@@`, which is not leakproof, out of every index until the policies of a table were applied, unless a policy asks it.
// So what holds the items becomes the one partition of `corbel_conversation_items`, with a policy of its own: who reads the partition
// by its own name sees only rows that have the words of `corbel.search`, which the index finds. Everybody else goes by the parent.
// `|| ''` keeps the tenant out of the indexes: a plan that is kept must not read all rows of a tenant, and the words have the user.
export const searchableItems0081: Migration = {
  name: 'agents/0081-searchable-items',
  sql: `
alter table corbel_conversation_items rename to corbel_searchable_items;
alter table corbel_searchable_items rename constraint corbel_conversation_items_pkey to corbel_searchable_items_pkey;
alter table corbel_searchable_items rename constraint corbel_conversation_items_id_key to corbel_searchable_items_id_key;
alter table corbel_searchable_items rename constraint corbel_conversation_items_client_key to corbel_searchable_items_client_key;
alter table corbel_searchable_items
  rename constraint corbel_conversation_items_conversation_fkey to corbel_searchable_items_conversation_fkey;
alter table corbel_searchable_items
  rename constraint corbel_conversation_items_tenant_id_fkey to corbel_searchable_items_tenant_id_fkey;
alter index corbel_conversation_items_said rename to corbel_searchable_items_said;
alter index corbel_conversation_items_terms rename to corbel_searchable_items_terms;
create table corbel_conversation_items (
  like corbel_searchable_items,
  constraint corbel_conversation_items_pkey primary key (tenant_id, conversation_id, seq),
  constraint corbel_conversation_items_id_key unique (tenant_id, id),
  constraint corbel_conversation_items_client_key unique (tenant_id, conversation_id, client_message_id),
  constraint corbel_conversation_items_conversation_fkey foreign key (tenant_id, conversation_id)
    references corbel_conversations (tenant_id, id) on delete cascade,
  constraint corbel_conversation_items_tenant_id_fkey foreign key (tenant_id)
    references corbel_tenants (id) on delete cascade
) partition by list (tenant_id);
alter table corbel_conversation_items attach partition corbel_searchable_items default;
${rowSecurity('corbel_conversation_items')}
drop policy corbel_tenant on corbel_searchable_items;
create policy corbel_search on corbel_searchable_items for select using (
  terms @@ nullif(current_setting('corbel.search', true), '')::tsquery
  and tenant_id || '' = nullif(current_setting('corbel.tenant_id', true), '')
);
`,
}
