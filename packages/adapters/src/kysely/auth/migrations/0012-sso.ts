import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// A connection without a tenant is one of the platform. Users, and so their identities, belong to no tenant.
export const sso0012: Migration = {
  name: 'auth/0012-sso',
  sql: `
create table corbel_sso_connections (
  id text collate "C" constraint corbel_sso_connections_pkey primary key,
  tenant_id text collate "C" references corbel_tenants (id) on delete cascade,
  name text not null,
  preset text collate "C" not null,
  issuer text collate "C" not null,
  client_id text collate "C" not null,
  client_secret text collate "C",
  token_auth_method text collate "C" not null,
  scopes text[] not null,
  enabled boolean not null,
  provisioning text collate "C" not null,
  domains text[] not null,
  role text collate "C" not null,
  two_factor_methods text[] not null,
  created_at timestamptz not null,
  version integer not null
);
create index corbel_sso_connections_tenant_idx on corbel_sso_connections (tenant_id, id);
${rowSecurity('corbel_sso_connections')}
create table corbel_sso_states (
  digest text collate "C" constraint corbel_sso_states_pkey primary key,
  tenant_id text collate "C" references corbel_tenants (id) on delete cascade,
  browser text collate "C" not null,
  connection_id text collate "C" not null references corbel_sso_connections (id) on delete cascade,
  user_id text collate "C" references corbel_users (id) on delete cascade,
  memo text collate "C" not null,
  expires_at timestamptz not null
);
create index corbel_sso_states_connection_idx on corbel_sso_states (connection_id);
create index corbel_sso_states_expires_idx on corbel_sso_states (expires_at);
${rowSecurity('corbel_sso_states')}
create table corbel_sso_domains (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  domain text collate "C" not null,
  verified_at timestamptz not null,
  constraint corbel_sso_domains_pkey primary key (tenant_id, domain)
);
create index corbel_sso_domains_domain_idx on corbel_sso_domains (domain);
${rowSecurity('corbel_sso_domains')}
create table corbel_identities (
  id text collate "C" constraint corbel_identities_pkey primary key,
  user_id text collate "C" not null references corbel_users (id) on delete cascade,
  issuer text collate "C" not null,
  subject text collate "C" not null,
  email text,
  created_at timestamptz not null,
  constraint corbel_identities_subject_key unique (issuer, subject)
);
create index corbel_identities_user_idx on corbel_identities (user_id);
`,
}
