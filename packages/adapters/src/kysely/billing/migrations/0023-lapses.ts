import type { Migration } from '../../migration.ts'

export const lapses0023: Migration = {
  name: 'billing/0023-lapses',
  sql: `alter table corbel_billing_inbox add column lapses integer not null default 0;`,
}
