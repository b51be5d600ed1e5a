import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// The lane index serves the search for an earlier delivery of the same lane; the due index the claim, longest due first.
export const deliveries0005: Migration = {
  name: 'platform/0005-deliveries',
  sql: `
create table corbel_deliveries (
  id text collate "C" primary key,
  route text collate "C" not null,
  recipient text collate "C" not null,
  tenant_id text collate "C",
  event_id text collate "C" not null,
  event_seq bigint not null,
  event_type text not null,
  payload jsonb not null,
  occurred_at timestamptz not null,
  status text collate "C" not null
    constraint corbel_deliveries_status_check check (status in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  result text,
  created_at timestamptz not null,
  due_at timestamptz,
  ended_at timestamptz,
  receipt text collate "C",
  constraint corbel_deliveries_event_key unique (route, recipient, event_id)
);
create index corbel_deliveries_lane_idx on corbel_deliveries (route, recipient, event_seq, id) where status = 'pending';
create index corbel_deliveries_due_idx on corbel_deliveries (due_at, event_seq) where status = 'pending';
create index corbel_deliveries_log_idx on corbel_deliveries (tenant_id, route, recipient, id);
create index corbel_deliveries_ended_idx on corbel_deliveries (ended_at) where ended_at is not null;
${rowSecurity('corbel_deliveries')}
`,
}
