import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

export const agentApprovals0051: Migration = {
  name: 'agents/0051-approvals',
  sql: `
alter table corbel_agent_runs drop constraint corbel_agent_runs_status_check;
alter table corbel_agent_runs add constraint corbel_agent_runs_status_check
  check (status in ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'expired'));
alter table corbel_agent_runs add column pauses integer not null default 0;
create table corbel_agent_approvals (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  run_id text collate "C" not null,
  conversation_id text collate "C" not null,
  user_id text collate "C" not null,
  agent text collate "C" not null,
  call_id text collate "C" not null,
  tool text collate "C" not null,
  arguments_hash text collate "C" not null,
  sealed_arguments text not null,
  status text collate "C" not null
    constraint corbel_agent_approvals_status_check
      check (status in ('pending', 'approved', 'rejected', 'expired', 'withdrawn')),
  reason text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  taken_at timestamptz,
  constraint corbel_agent_approvals_pkey primary key (tenant_id, id),
  constraint corbel_agent_approvals_call_key unique (tenant_id, run_id, call_id),
  constraint corbel_agent_approvals_run_fkey foreign key (tenant_id, run_id)
    references corbel_agent_runs (tenant_id, id) on delete cascade
);
create index corbel_agent_approvals_user on corbel_agent_approvals (tenant_id, user_id, id) where status = 'pending';
create index corbel_agent_approvals_expiry on corbel_agent_approvals (expires_at) where status = 'pending';
create index corbel_agent_runs_waiting on corbel_agent_runs (tenant_id, id) where status = 'waiting';
${rowSecurity('corbel_agent_approvals')}
`,
}
