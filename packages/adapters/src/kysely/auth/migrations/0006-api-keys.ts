import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// A key acts for a person, or is the credential of an account that the host declares.
export const apiKeys0006: Migration = {
  name: 'auth/0006-api-keys',
  sql: `
create table corbel_api_keys (
  id text collate "C" constraint corbel_api_keys_pkey primary key,
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  name text not null,
  user_id text collate "C" references corbel_users (id) on delete cascade,
  account text collate "C",
  fingerprint text collate "C",
  reason text,
  scopes text[] not null,
  digest text collate "C" not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint corbel_api_keys_holder_check check ((user_id is null) <> (account is null))
);
create index corbel_api_keys_tenant_idx on corbel_api_keys (tenant_id, id);
create index corbel_api_keys_user_idx on corbel_api_keys (user_id) where user_id is not null;
create index corbel_api_keys_expires_idx on corbel_api_keys (expires_at);
${rowSecurity('corbel_api_keys')}
`,
}
