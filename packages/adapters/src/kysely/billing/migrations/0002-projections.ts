import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

export const projections0002: Migration = {
  name: 'billing/0002-projections',
  sql: `
create table corbel_billing_customers (
  tenant_id text collate "C" primary key references corbel_tenants (id) on delete cascade,
  customer_id text collate "C" not null,
  created_at timestamptz not null,
  constraint corbel_billing_customers_customer_key unique (customer_id)
);
${rowSecurity('corbel_billing_customers')}
create table corbel_billing_objects (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  type text collate "C" not null,
  id text collate "C" not null,
  state jsonb not null,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  fetched_at timestamptz,
  version integer not null,
  constraint corbel_billing_objects_pkey primary key (type, id)
);
create index corbel_billing_objects_tenant_idx on corbel_billing_objects (tenant_id, type, created_at, id);
${rowSecurity('corbel_billing_objects')}
`,
}
