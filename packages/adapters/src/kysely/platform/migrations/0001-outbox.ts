import type { Migration } from '../../migration.ts'
import { eventSecurity } from '../../tenant-tables.ts'

// The waiting index serves the relay's claim (oldest first) and its depth; settled rows leave it.
export const outbox0001: Migration = {
  name: 'platform/0001-outbox',
  sql: `
create table corbel_outbox (
  seq bigint generated always as identity primary key,
  id text collate "C" not null constraint corbel_outbox_id_key unique,
  type text not null,
  tenant_id text collate "C",
  payload jsonb not null,
  occurred_at timestamptz not null,
  attempts integer not null default 0,
  due_at timestamptz,
  delivered_at timestamptz,
  last_error text
);
create index corbel_outbox_waiting_idx on corbel_outbox (seq) where delivered_at is null;
create index corbel_outbox_delivered_idx on corbel_outbox (delivered_at) where delivered_at is not null;
${eventSecurity('corbel_outbox')}
`,
}
