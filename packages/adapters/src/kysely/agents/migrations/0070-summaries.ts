import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

export const summaries0070: Migration = {
  name: 'agents/0070-summaries',
  sql: `
create table corbel_conversation_summaries (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  conversation_id text collate "C" not null,
  user_id text collate "C" not null,
  summary text not null,
  through_seq integer not null,
  updated_at timestamptz not null,
  constraint corbel_conversation_summaries_pkey primary key (tenant_id, conversation_id),
  constraint corbel_conversation_summaries_conversation_fkey foreign key (tenant_id, conversation_id)
    references corbel_conversations (tenant_id, id) on delete cascade
);
create index corbel_conversation_summaries_user on corbel_conversation_summaries (tenant_id, user_id, updated_at desc);
${rowSecurity('corbel_conversation_summaries')}
`,
}
