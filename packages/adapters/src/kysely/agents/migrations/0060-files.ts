import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// How many bytes the files of a tenant have is a row of its own, so that concurrent uploads wait for each other on it alone.
export const files0060: Migration = {
  name: 'agents/0060-files',
  sql: `
create table corbel_agent_files (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  user_id text collate "C" not null,
  name text not null,
  content_type text collate "C" not null,
  size bigint not null,
  sha256 text collate "C" not null,
  complete boolean not null default false,
  created_at timestamptz not null,
  constraint corbel_agent_files_pkey primary key (tenant_id, id),
  constraint corbel_agent_files_id_key unique (id)
);
create index corbel_agent_files_user on corbel_agent_files (user_id, id);
create index corbel_agent_files_unfinished on corbel_agent_files (created_at) where not complete;
${rowSecurity('corbel_agent_files')}
create table corbel_agent_file_usage (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  bytes bigint not null,
  constraint corbel_agent_file_usage_pkey primary key (tenant_id)
);
${rowSecurity('corbel_agent_file_usage')}
`,
}
