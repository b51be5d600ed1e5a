import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// A membership repeats the scopes of its role, so that whoever signs in or presents a key is read with their rights in one row.
// The foreign keys refuse to remove a role that somebody is being given at the same moment.
export const roles0007: Migration = {
  name: 'tenant/0007-roles',
  sql: `
create table corbel_roles (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  name text not null,
  scopes text[] not null,
  base text collate "C" not null check (base in ('viewer', 'member', 'admin')),
  version integer not null,
  created_at timestamptz not null,
  constraint corbel_roles_pkey primary key (tenant_id, id),
  constraint corbel_roles_name_key unique (tenant_id, name)
);
${rowSecurity('corbel_roles')}
alter table corbel_memberships
  add column role_id text collate "C",
  add column scopes text[],
  add constraint corbel_memberships_role_fkey foreign key (tenant_id, role_id) references corbel_roles (tenant_id, id),
  add constraint corbel_memberships_scopes_check check ((role_id is null) = (scopes is null) and (role_id is null or role <> 'owner'));
create index corbel_memberships_role_idx on corbel_memberships (tenant_id, role_id) where role_id is not null;
alter table corbel_invitations
  add column role_id text collate "C",
  add constraint corbel_invitations_role_fkey foreign key (tenant_id, role_id) references corbel_roles (tenant_id, id);
create index corbel_invitations_role_idx on corbel_invitations (tenant_id, role_id) where role_id is not null;
`,
}
