import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

export const providerSettings0002: Migration = {
  name: 'agents/0002-provider-settings',
  sql: `
create table corbel_provider_settings (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  provider text collate "C" not null,
  base_url text,
  sealed_key text not null,
  key_hint text not null,
  active boolean not null,
  tested_at timestamptz,
  test_passed boolean,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint corbel_provider_settings_pkey primary key (tenant_id, id),
  constraint corbel_provider_settings_provider_key unique (tenant_id, provider)
);
${rowSecurity('corbel_provider_settings')}
create table corbel_provider_policies (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  platform_key boolean not null,
  constraint corbel_provider_policies_pkey primary key (tenant_id)
);
${rowSecurity('corbel_provider_policies')}
`,
}
