import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// The key begins with the tenant, so that it counts once in it for ever; the index of times carries the quantity, so that a sum over a
// period reads nothing else; what waits for the gateway has an index of its own, which is empty most of the time.
export const usage0020: Migration = {
  name: 'billing/0020-usage',
  sql: `
create table corbel_billing_usage (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  idempotency_key text collate "C" not null,
  id text collate "C" not null,
  feature_key text collate "C" not null,
  quantity numeric not null,
  reference text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  state text collate "C" not null
    constraint corbel_billing_usage_state_check check (state in ('pending', 'sent', 'refused', 'local')),
  due_at timestamptz,
  note text,
  constraint corbel_billing_usage_pkey primary key (tenant_id, idempotency_key),
  constraint corbel_billing_usage_id_key unique (tenant_id, id)
);
create index corbel_billing_usage_occurred_idx
  on corbel_billing_usage (tenant_id, occurred_at) include (feature_key, quantity);
create index corbel_billing_usage_due_idx on corbel_billing_usage (due_at) where state = 'pending';
create index corbel_billing_usage_refused_idx on corbel_billing_usage (tenant_id) where state = 'refused';
${rowSecurity('corbel_billing_usage')}
`,
}
