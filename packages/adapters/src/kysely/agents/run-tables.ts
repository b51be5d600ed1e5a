import type { AgentApproval, AgentRunRecord, ModelCall } from '@corbel/agents/ports'

export interface AgentRunTables {
  corbel_agent_runs: {
    tenant_id: AgentRunRecord['tenantId']
    id: AgentRunRecord['id']
    conversation_id: AgentRunRecord['conversationId']
    user_id: AgentRunRecord['userId']
    scopes: readonly string[]
    agent: string
    message: string
    attachments: AgentRunRecord['attachments']
    client_message_id: string
    status: AgentRunRecord['status']
    cancelling: boolean
    discarding: boolean
    attempts: number
    pauses: number
    error_code: string | null
    owner: string | null
    lease_until: Date | null
    created_at: Date
    ended_at: Date | null
  }
  corbel_agent_approvals: {
    tenant_id: AgentApproval['tenantId']
    id: AgentApproval['id']
    run_id: AgentApproval['runId']
    conversation_id: AgentApproval['conversationId']
    user_id: AgentApproval['userId']
    agent: string
    call_id: string
    tool: string
    arguments_hash: string
    sealed_arguments: string
    status: AgentApproval['status']
    reason: string | null
    created_at: Date
    expires_at: Date
    decided_at: Date | null
    taken_at: Date | null
  }
  corbel_agent_usage: {
    tenant_id: ModelCall['tenantId']
    run_id: ModelCall['runId']
    call: number
    agent: string
    model: string
    input_tokens: number
    cached_tokens: number
    output_tokens: number
    reasoning_tokens: number
    estimated: boolean
    created_at: Date
  }
}
