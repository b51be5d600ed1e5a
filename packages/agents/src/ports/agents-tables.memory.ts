import type { Id } from '@corbel/core'
import type { AgentApproval } from './agent-approval-repository.ts'
import type { AgentRunRecord } from './agent-run-repository.ts'
import type { ModelCall } from './agent-usage-repository.ts'
import type { AgentRunId, ConversationId, ConversationItem } from './conversation-items.ts'
import type { ConversationRecord } from './conversation-repository.ts'
import type { ConversationSummary } from './conversation-summaries.ts'
import type { FileId, StoredFile } from './file-repository.ts'
import type { StoredProviderSetting } from './provider-setting-repository.ts'

export interface ConversationRow extends ConversationRecord {
  /** The greatest number that an item of it ever had. */
  readonly lastSeq: number
}

export interface AgentRunRow extends AgentRunRecord {
  readonly owner: string | null
  readonly leaseUntil: Date | null
}

export interface FileRow extends StoredFile {
  readonly isComplete: boolean
}

export interface AgentApprovalRow extends AgentApproval {
  readonly takenAt: Date | null
}

/** What the reference implementations keep. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface AgentsTables {
  readonly conversations: Map<ConversationId, ConversationRow>
  /** Of each conversation, in their order. */
  readonly conversationItems: Map<ConversationId, readonly ConversationItem[]>
  readonly conversationSummaries: Map<ConversationId, ConversationSummary & { readonly at: Date }>
  readonly providerSettings: Map<Id<'pst'>, StoredProviderSetting>
  /** Whether the tenant may use the platform's keys. */
  readonly providerPolicies: Map<Id<'ten'>, boolean>
  readonly files: Map<FileId, FileRow>
  readonly agentRuns: Map<AgentRunId, AgentRunRow>
  readonly agentApprovals: Map<Id<'apv'>, AgentApprovalRow>
  /** By tenant, run and number of the call. */
  readonly agentUsage: Map<string, ModelCall>
}

export const agentsTables = (): AgentsTables => ({
  conversations: new Map(),
  conversationItems: new Map(),
  conversationSummaries: new Map(),
  providerSettings: new Map(),
  providerPolicies: new Map(),
  files: new Map(),
  agentRuns: new Map(),
  agentApprovals: new Map(),
  agentUsage: new Map(),
})
