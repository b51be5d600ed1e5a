import type { Migration } from '../../migration.ts'
import { eventSecurity } from '../../tenant-tables.ts'

// The due index serves the claim, longest due first: what waits for a retry, is being delivered or is dead stands outside its range.
export const outbox0001: Migration = {
  name: 'platform/0001-outbox',
  sql: `
create table corbel_outbox (
  id text collate "C" primary key,
  seq bigint generated always as identity,
  type text not null,
  tenant_id text collate "C",
  payload jsonb not null,
  occurred_at timestamptz not null,
  attempts integer not null default 0,
  due_at timestamptz,
  last_error text
);
create index corbel_outbox_due_idx on corbel_outbox (due_at, seq);
${eventSecurity('corbel_outbox')}
`,
}
