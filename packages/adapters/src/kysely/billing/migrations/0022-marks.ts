import type { Migration } from '../../migration.ts'

// Of the account and not of tenants: whose an event is, nobody knows before it is read.
export const marks0022: Migration = {
  name: 'billing/0022-marks',
  sql: `
create table corbel_billing_marks (
  account text collate "C" primary key,
  reached_at timestamptz not null,
  started_at timestamptz,
  cursor text
);
drop index corbel_billing_inbox_occurred_idx;
`,
}
