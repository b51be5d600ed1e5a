import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// Contents are json and not jsonb, which refuses \u0000 and changes numbers: a tool may return anything.
// `terms` also has the tenant and the user as lexemes, so that one GIN index finds words of theirs without an extension.
export const conversations0001: Migration = {
  name: 'agents/0001-conversations',
  sql: `
create table corbel_conversations (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  user_id text collate "C" not null,
  title text,
  title_terms tsvector not null,
  shared boolean not null,
  memory jsonb not null,
  last_seq integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint corbel_conversations_pkey primary key (tenant_id, id)
);
create index corbel_conversations_own on corbel_conversations (tenant_id, user_id, updated_at desc, id desc);
create index corbel_conversations_shared on corbel_conversations (tenant_id, updated_at desc, id desc) where shared;
create index corbel_conversations_user on corbel_conversations (user_id, id);
create index corbel_conversations_updated on corbel_conversations (updated_at);
create index corbel_conversations_terms on corbel_conversations using gin (title_terms) with (fastupdate = off);
${rowSecurity('corbel_conversations')}
create table corbel_conversation_items (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  conversation_id text collate "C" not null,
  seq integer not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  run_id text collate "C",
  client_message_id text collate "C",
  role text collate "C",
  content json not null,
  terms tsvector,
  created_at timestamptz not null,
  constraint corbel_conversation_items_pkey primary key (tenant_id, conversation_id, seq),
  constraint corbel_conversation_items_id_key unique (tenant_id, id),
  constraint corbel_conversation_items_client_key unique (tenant_id, conversation_id, client_message_id),
  constraint corbel_conversation_items_conversation_fkey foreign key (tenant_id, conversation_id)
    references corbel_conversations (tenant_id, id) on delete cascade
);
create index corbel_conversation_items_said on corbel_conversation_items (tenant_id, user_id, created_at desc, id desc)
  where terms is not null;
create index corbel_conversation_items_terms on corbel_conversation_items using gin (terms) with (fastupdate = off);
${rowSecurity('corbel_conversation_items')}
`,
}
