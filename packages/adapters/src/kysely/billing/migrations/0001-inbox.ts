import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// The due index serves the claim; what has ended is only listed, by its place, by its object, and by its tenant.
export const inbox0001: Migration = {
  name: 'billing/0001-inbox',
  sql: `
create table corbel_billing_inbox (
  account text collate "C" not null,
  id text collate "C" not null,
  seq bigint generated always as identity,
  kind text collate "C" not null constraint corbel_billing_inbox_kind_check check (kind in ('snapshot', 'thin')),
  type text collate "C" not null,
  object_type text collate "C",
  object_id text collate "C",
  tenant_id text collate "C",
  api_version text collate "C",
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  twin_id text collate "C",
  secret_index integer,
  payload jsonb not null,
  status text collate "C" not null default 'pending'
    constraint corbel_billing_inbox_status_check check (status in ('pending', 'done', 'superseded', 'ignored', 'dead')),
  attempts integer not null default 0,
  due_at timestamptz,
  ended_at timestamptz,
  receipt text collate "C",
  note text,
  replays integer not null default 0,
  constraint corbel_billing_inbox_pkey primary key (account, id),
  constraint corbel_billing_inbox_seq_key unique (seq)
);
create index corbel_billing_inbox_due_idx on corbel_billing_inbox (due_at, seq) where status = 'pending';
create index corbel_billing_inbox_dead_idx on corbel_billing_inbox (seq) where status = 'dead';
create index corbel_billing_inbox_object_idx on corbel_billing_inbox (object_id, seq);
create index corbel_billing_inbox_tenant_idx on corbel_billing_inbox (tenant_id, seq) where tenant_id is not null;
create index corbel_billing_inbox_ended_idx on corbel_billing_inbox (ended_at) where ended_at is not null;
create index corbel_billing_inbox_occurred_idx on corbel_billing_inbox (account, occurred_at);
${rowSecurity('corbel_billing_inbox')}
`,
}
