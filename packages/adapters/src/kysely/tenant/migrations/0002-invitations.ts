import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// One pending invitation for each address of a tenant. The owners index is what the rule of the last owner locks.
export const invitations0002: Migration = {
  name: 'tenant/0002-invitations',
  sql: `
create table corbel_invitations (
  id text collate "C" constraint corbel_invitations_pkey primary key,
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  email text collate "C" not null,
  role text collate "C" not null
    constraint corbel_invitations_role_check check (role in ('viewer', 'member', 'admin', 'owner')),
  status text collate "C" not null
    constraint corbel_invitations_status_check check (status in ('pending', 'accepted', 'revoked')),
  generation integer not null,
  digest text collate "C" not null constraint corbel_invitations_digest_key unique,
  created_by text collate "C",
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_by text collate "C"
);
create unique index corbel_invitations_pending_key on corbel_invitations (tenant_id, email) where status = 'pending';
create index corbel_invitations_tenant_idx on corbel_invitations (tenant_id, id);
create index corbel_invitations_expires_idx on corbel_invitations (expires_at);
create index corbel_memberships_owner_idx on corbel_memberships (tenant_id, user_id) where role = 'owner';
${rowSecurity('corbel_invitations')}
`,
}
