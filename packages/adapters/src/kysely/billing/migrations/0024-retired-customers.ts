import type { Migration } from '../../migration.ts'

// A customer that was deleted at the gateway is told of for a while yet.
export const retiredCustomers0024: Migration = {
  name: 'billing/0024-retired-customers',
  sql: `
alter table corbel_billing_customers
  add column retired_at timestamptz,
  drop constraint corbel_billing_customers_pkey,
  add constraint corbel_billing_customers_pkey primary key (tenant_id, customer_id);
create unique index corbel_billing_customers_tenant_key on corbel_billing_customers (tenant_id) where retired_at is null;
`,
}
