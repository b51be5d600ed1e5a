import type { Database } from './database.ts'

/** Every table whose rows belong to a tenant, and the column that names it. A test compares them with the schema. */
export const tenantTables = {
  corbel_tenants: 'id',
  corbel_roles: 'tenant_id',
  corbel_memberships: 'tenant_id',
  corbel_tenant_settings: 'tenant_id',
  corbel_webhooks: 'tenant_id',
  corbel_invitations: 'tenant_id',
  corbel_activity: 'tenant_id',
  corbel_activity_marks: 'tenant_id',
  corbel_activity_readers: 'tenant_id',
  corbel_sessions: 'tenant_id',
  corbel_refresh_tokens: 'tenant_id',
  corbel_sign_in_challenges: 'tenant_id',
  corbel_mfa_policies: 'tenant_id',
  corbel_service_accounts: 'tenant_id',
  corbel_revoked_access_tokens: 'tenant_id',
  corbel_api_keys: 'tenant_id',
  corbel_sso_connections: 'tenant_id',
  corbel_sso_states: 'tenant_id',
  corbel_sso_domains: 'tenant_id',
  corbel_conversations: 'tenant_id',
  corbel_conversation_items: 'tenant_id',
  corbel_searchable_items: 'tenant_id',
  corbel_conversation_summaries: 'tenant_id',
  corbel_provider_settings: 'tenant_id',
  corbel_provider_policies: 'tenant_id',
  corbel_agent_runs: 'tenant_id',
  corbel_agent_approvals: 'tenant_id',
  corbel_agent_usage: 'tenant_id',
  corbel_agent_files: 'tenant_id',
  corbel_agent_file_usage: 'tenant_id',
  corbel_outbox: 'tenant_id',
  corbel_jobs: 'tenant_id',
  corbel_deliveries: 'tenant_id',
  corbel_audit_chains: 'tenant_id',
  corbel_audit_events: 'tenant_id',
  corbel_billing_inbox: 'tenant_id',
  corbel_billing_commands: 'tenant_id',
  corbel_billing_customers: 'tenant_id',
  corbel_billing_objects: 'tenant_id',
  corbel_billing_usage: 'tenant_id',
  corbel_billing_quotas: 'tenant_id',
  corbel_billing_reservations: 'tenant_id',
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

/**
 * The same for an audit trail, in which the platform's rows have an empty tenant: a tenant's change may record an event that names
 * no tenant, so it may add to that chain, and move its head.
 */
export const auditSecurity = (events: TenantTable, chains: TenantTable): string => `${rowSecurity(events)}
create policy corbel_record on ${events} for insert with check (${tenantTables[events]} = '');
${rowSecurity(chains)}
create policy corbel_record on ${chains} using (${tenantTables[chains]} = '');
`
