import type { Migration } from '../../migration.ts'

// What a tenant used in a period is summed up from this alone.
export const usageTime0061: Migration = {
  name: 'agents/0061-usage-time',
  sql: `
create index corbel_agent_usage_time on corbel_agent_usage (tenant_id, created_at)
  include (input_tokens, output_tokens);
`,
}
