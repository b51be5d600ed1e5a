import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// The sums are kept beside the reservations, so that a decision reads one row, and that row is the lock.
export const quotas0021: Migration = {
  name: 'billing/0021-quotas',
  sql: `
create table corbel_billing_quotas (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  feature_key text collate "C" not null,
  period_start timestamptz not null,
  spent bigint not null default 0,
  reserved bigint not null default 0,
  constraint corbel_billing_quotas_pkey primary key (tenant_id, feature_key, period_start)
);
${rowSecurity('corbel_billing_quotas')}
create table corbel_billing_reservations (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  feature_key text collate "C" not null,
  period_start timestamptz not null,
  held bigint not null,
  ended boolean not null default false,
  expires_at timestamptz not null,
  constraint corbel_billing_reservations_pkey primary key (tenant_id, id)
);
create index corbel_billing_reservations_held_idx
  on corbel_billing_reservations (tenant_id, feature_key, period_start, expires_at) where held > 0;
create index corbel_billing_reservations_expiry_idx on corbel_billing_reservations (expires_at);
${rowSecurity('corbel_billing_reservations')}
`,
}
