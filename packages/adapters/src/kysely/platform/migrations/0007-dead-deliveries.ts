import type { Migration } from '../../migration.ts'

// What an operator looks for, and what the gauge counts, among the delivered ones of 30 days.
export const deadDeliveries0007: Migration = {
  name: 'platform/0007-dead-deliveries',
  sql: `
create index corbel_deliveries_dead_idx on corbel_deliveries (id) where status = 'dead';
`,
}
