import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

export const commands0003: Migration = {
  name: 'billing/0003-commands',
  sql: `
create table corbel_billing_commands (
  id text collate "C" primary key,
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  lane text collate "C",
  operation text collate "C" not null,
  input jsonb not null,
  key text collate "C" not null,
  recorded_at timestamptz not null,
  status text collate "C" not null default 'pending'
    constraint corbel_billing_commands_status_check check (status in ('pending', 'done', 'failed')),
  attempts integer not null,
  due_at timestamptz not null,
  receipt text collate "C",
  result_id text collate "C",
  note text,
  ended_at timestamptz,
  constraint corbel_billing_commands_key_key unique (key)
);
create unique index corbel_billing_commands_lane_key on corbel_billing_commands (tenant_id, lane) where status = 'pending';
create index corbel_billing_commands_due_idx on corbel_billing_commands (due_at) where status = 'pending';
create index corbel_billing_commands_tenant_idx on corbel_billing_commands (tenant_id, operation, recorded_at);
create index corbel_billing_commands_ended_idx on corbel_billing_commands (ended_at) where ended_at is not null;
${rowSecurity('corbel_billing_commands')}
`,
}
