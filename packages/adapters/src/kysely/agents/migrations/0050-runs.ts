import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// Of a conversation one run is at work: the partial index decides between concurrent callers. What models used outlives the run, for it
// is counted for the tenant.
export const agentRuns0050: Migration = {
  name: 'agents/0050-runs',
  sql: `
create table corbel_agent_runs (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  conversation_id text collate "C" not null,
  user_id text collate "C" not null,
  scopes text[] not null,
  agent text collate "C" not null,
  message text not null,
  client_message_id text collate "C" not null,
  status text collate "C" not null
    constraint corbel_agent_runs_status_check
      check (status in ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled')),
  cancelling boolean not null default false,
  discarding boolean not null default false,
  attempts integer not null,
  error_code text collate "C",
  owner text collate "C",
  lease_until timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  constraint corbel_agent_runs_pkey primary key (tenant_id, id),
  constraint corbel_agent_runs_message_key unique (tenant_id, conversation_id, client_message_id),
  constraint corbel_agent_runs_conversation_fkey foreign key (tenant_id, conversation_id)
    references corbel_conversations (tenant_id, id) on delete cascade
);
create unique index corbel_agent_runs_active_key on corbel_agent_runs (tenant_id, conversation_id)
  where status in ('running', 'waiting');
create index corbel_agent_runs_queued on corbel_agent_runs (tenant_id, conversation_id, id) where status = 'queued';
create index corbel_agent_runs_lease on corbel_agent_runs (lease_until) where status = 'running';
${rowSecurity('corbel_agent_runs')}
create table corbel_agent_usage (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  run_id text collate "C" not null,
  call integer not null,
  agent text collate "C" not null,
  model text collate "C" not null,
  input_tokens integer not null,
  cached_tokens integer not null,
  output_tokens integer not null,
  reasoning_tokens integer not null,
  estimated boolean not null,
  created_at timestamptz not null,
  constraint corbel_agent_usage_pkey primary key (tenant_id, run_id, call)
);
${rowSecurity('corbel_agent_usage')}
`,
}
