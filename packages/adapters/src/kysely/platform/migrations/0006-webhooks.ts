import type { Migration } from '../../migration.ts'
import { rowSecurity } from '../../tenant-tables.ts'

// Stands after the tenants in the list of migrations, for it references them.
export const webhooks0006: Migration = {
  name: 'platform/0006-webhooks',
  sql: `
create table corbel_webhooks (
  tenant_id text collate "C" not null references corbel_tenants (id) on delete cascade,
  id text collate "C" not null,
  url text not null,
  event_types text[] not null,
  description text not null,
  enabled boolean not null,
  disabled_reason text collate "C",
  secrets jsonb not null,
  failures integer not null,
  version integer not null,
  created_at timestamptz not null,
  constraint corbel_webhooks_pkey primary key (tenant_id, id)
);
${rowSecurity('corbel_webhooks')}
`,
}
