import type { Migration } from '../../migration.ts'

// Every instance reads at boot which tenants are not active, and from then on what has changed.
export const lifecycle0003: Migration = {
  name: 'tenant/0003-lifecycle',
  sql: `
alter table corbel_tenants
  add column status text collate "C" not null default 'active'
    constraint corbel_tenants_status_check
    check (status in ('provisioning', 'active', 'suspended', 'deprovisioning', 'deprovisioned')),
  add column status_reason text,
  add column status_changed_at timestamptz not null default now(),
  add column erased_at timestamptz,
  add column features jsonb not null default '{}';
create index corbel_tenants_status_idx on corbel_tenants (status, id);
create index corbel_tenants_status_changed_idx on corbel_tenants (status_changed_at);
`,
}
