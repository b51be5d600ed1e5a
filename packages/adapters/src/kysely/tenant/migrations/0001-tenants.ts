import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// Ids compare by code unit (collate "C"), so that keyset pages have one order whatever the database's locale is.
// A membership does not reference the user: users belong to another module.
export const tenants0001: Migration = {
  name: 'tenant/0001-tenants',
  sql: `
create table corbel_tenants (
  id text collate "C" primary key,
  slug text collate "C" not null constraint corbel_tenants_slug_key unique,
  name text not null,
  created_at timestamptz not null
);
create table corbel_memberships (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  user_id text collate "C" not null,
  role text collate "C" not null
    constraint corbel_memberships_role_check check (role in ('viewer', 'member', 'admin', 'owner')),
  created_at timestamptz not null,
  constraint corbel_memberships_pkey primary key (tenant_id, user_id)
);
create index corbel_memberships_user_idx on corbel_memberships (user_id, created_at, tenant_id);
create table corbel_tenant_settings (
  tenant_id text collate "C" primary key references corbel_tenants (id) on delete cascade,
  billing_contacts jsonb not null,
  flags jsonb not null,
  version integer not null constraint corbel_tenant_settings_version_check check (version >= 1)
);
${rowSecurity('corbel_tenants')}
${rowSecurity('corbel_memberships')}
${rowSecurity('corbel_tenant_settings')}
`,
}
