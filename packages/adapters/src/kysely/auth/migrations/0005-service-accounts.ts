import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// A client names nothing but its id, so that is the key. The name of an account that has ended is free again.
export const serviceAccounts0005: Migration = {
  name: 'auth/0005-service-accounts',
  sql: `
create table corbel_service_accounts (
  id text collate "C" constraint corbel_service_accounts_pkey primary key,
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  name text not null,
  scopes text[] not null,
  secret_digest text collate "C",
  public_key jsonb,
  created_by text collate "C" not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  constraint corbel_service_accounts_proof_check check ((secret_digest is null) <> (public_key is null))
);
create unique index corbel_service_accounts_name_key on corbel_service_accounts (tenant_id, name) where revoked_at is null;
create index corbel_service_accounts_tenant_idx on corbel_service_accounts (tenant_id, id);
create index corbel_service_accounts_revoked_idx on corbel_service_accounts (revoked_at) where revoked_at is not null;
create table corbel_revoked_access_tokens (
  id text collate "C" constraint corbel_revoked_access_tokens_pkey primary key,
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  revoked_at timestamptz not null
);
create index corbel_revoked_access_tokens_revoked_idx on corbel_revoked_access_tokens (revoked_at);
create table corbel_nonces (
  digest text collate "C" constraint corbel_nonces_pkey primary key,
  expires_at timestamptz not null
);
create index corbel_nonces_expires_idx on corbel_nonces (expires_at);
${rowSecurity('corbel_service_accounts')}
${rowSecurity('corbel_revoked_access_tokens')}
`,
}
