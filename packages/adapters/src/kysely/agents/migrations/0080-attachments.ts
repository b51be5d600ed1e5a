import type { Migration } from '../../migration.ts'

// No foreign key: what a file counts for its tenant is taken off by the sweep, which a cascade would not do.
export const attachments0080: Migration = {
  name: 'agents/0080-attachments',
  sql: `
alter table corbel_agent_runs add column attachments jsonb not null default '[]';
alter table corbel_agent_files add column conversation_id text collate "C";
create index corbel_agent_files_conversation on corbel_agent_files (tenant_id, conversation_id)
  where conversation_id is not null;
`,
}
