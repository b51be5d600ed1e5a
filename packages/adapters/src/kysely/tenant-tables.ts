import type { Database } from './database.ts'

/** Every table whose rows belong to a tenant, and the column that names it. A test compares them with the schema. */
export const tenantTables = {
  corbel_tenants: 'id',
  corbel_memberships: 'tenant_id',
  corbel_tenant_settings: 'tenant_id',
  corbel_sessions: 'tenant_id',
  corbel_refresh_tokens: 'tenant_id',
  corbel_outbox: 'tenant_id',
  corbel_jobs: 'tenant_id',
} as const satisfies { readonly [Table in keyof Database]?: keyof Database[Table] }

export type TenantTable = keyof typeof tenantTables

// A setting that was set once reads '' and not null after its transaction.
const ofTenant = (column: string): string =>
  `${column} = nullif(current_setting('corbel.tenant_id', true), '')`
const ofPlatform = `current_setting('corbel.scope', true) = 'platform'`

const enable = (table: TenantTable): string => `
alter table ${table} enable row level security;
alter table ${table} force row level security;`

/**
 * Statements that let nobody, the owner included, see or write rows of another tenant than the one that was set, and none at all
 * when none was set. To be part of the migration that makes the table. Text of a released migration, so never changed.
 */
export const rowSecurity = (table: TenantTable): string => `${enable(table)}
create policy corbel_tenant on ${table} using (${ofTenant(tenantTables[table])} or ${ofPlatform});
`

/** The same for events: a tenant's change may record its own and those that name no tenant, and only the platform reads them. */
export const eventSecurity = (table: TenantTable): string => `${enable(table)}
create policy corbel_relay on ${table} using (${ofPlatform});
create policy corbel_record on ${table} for insert
  with check (${tenantTables[table]} is null or ${ofTenant(tenantTables[table])});
`
