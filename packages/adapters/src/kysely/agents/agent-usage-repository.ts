import type { AgentUsageRepository, AgentUsageTotal, ModelCall } from '@corbel/agents/ports'
import { sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyAgentUsageRepository = (db: TenantDb): AgentUsageRepository => ({
  async record(call) {
    await insertCall(db, call).execute()
  },

  async list(tenantId, runId) {
    const rows = await db
      .forTenant(tenantId)
      .selectFrom('corbel_agent_usage')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('run_id', '=', runId)
      .orderBy('call')
      .execute()
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      runId: row.run_id,
      call: row.call,
      agent: row.agent,
      model: row.model,
      inputTokens: row.input_tokens,
      cachedTokens: row.cached_tokens,
      outputTokens: row.output_tokens,
      reasoningTokens: row.reasoning_tokens,
      estimated: row.estimated,
      createdAt: row.created_at,
    }))
  },

  async count(tenantId, { from, until }) {
    // As floats: sums are exact up to 2^53, and drivers read bigint as text.
    const { rows } = await sql<AgentUsageTotal>`
      select
        count(*)::float8 as "modelCalls",
        coalesce(sum(input_tokens), 0)::float8 as "inputTokens",
        coalesce(sum(output_tokens), 0)::float8 as "outputTokens",
        coalesce((select bytes from corbel_agent_file_usage where tenant_id = ${tenantId}), 0)::float8 as "fileBytes"
      from corbel_agent_usage
      where tenant_id = ${tenantId}
        and created_at >= ${from}::timestamptz and created_at < ${until}::timestamptz
    `.execute(db.forTenant(tenantId))
    return rows[0] ?? { modelCalls: 0, inputTokens: 0, outputTokens: 0, fileBytes: 0 }
  },
})

/** The row of a call of a model, which replaces a guess. */
export function insertCall(
  db: TenantDb,
  { tenantId, runId, call, agent, model, estimated, createdAt, ...tokens }: ModelCall,
) {
  const used = {
    model,
    input_tokens: tokens.inputTokens,
    cached_tokens: tokens.cachedTokens,
    output_tokens: tokens.outputTokens,
    reasoning_tokens: tokens.reasoningTokens,
    estimated,
  }
  return db
    .forTenant(tenantId)
    .insertInto('corbel_agent_usage')
    .values({ tenant_id: tenantId, run_id: runId, call, agent, created_at: createdAt, ...used })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'run_id', 'call'])
        .doUpdateSet(used)
        .where('corbel_agent_usage.estimated', '=', true),
    )
}
