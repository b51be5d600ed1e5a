import type { Id } from '@corbel/core'
import type { AgentRunId, ConversationId } from './conversation-items.ts'

/** `withdrawn`: the run was asked to end first. */
export type AgentApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'withdrawn'

/** A call of a tool that a person must agree to. */
export interface NewAgentApproval {
  readonly tenantId: Id<'ten'>
  readonly id: Id<'apv'>
  readonly runId: AgentRunId
  readonly conversationId: ConversationId
  /** Who is asked: the person whom the run works for. */
  readonly userId: Id<'usr'>
  readonly agent: string
  /** Once in a run. */
  readonly callId: string
  readonly tool: string
  /** What the person sees and what is carried out is the same: both have this digest. */
  readonly argumentsHash: string
  readonly sealedArguments: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface AgentApproval extends NewAgentApproval {
  readonly status: AgentApprovalStatus
  readonly reason: string | null
  readonly decidedAt: Date | null
}

export interface AgentApprovalRepository {
  /** Adds them; a call that has an approval keeps it. */
  insert(approvals: readonly NewAgentApproval[]): Promise<void>
  find(tenantId: Id<'ten'>, id: Id<'apv'>): Promise<AgentApproval | null>
  /** Those of a run, in the order of their ids. */
  listOfRun(tenantId: Id<'ten'>, runId: AgentRunId): Promise<readonly AgentApproval[]>
  /** Those of a person that are pending and not out of time, in the order of their ids, after the id `after`. */
  listPending(
    tenantId: Id<'ten'>,
    userId: Id<'usr'>,
    now: Date,
    page: { readonly limit: number; readonly after: string | null },
  ): Promise<readonly AgentApproval[]>
  /** Decides one that is pending, before its time is up; otherwise null. Of concurrent callers one decides. */
  decide(
    tenantId: Id<'ten'>,
    id: Id<'apv'>,
    decision: { readonly status: 'approved' | 'rejected'; readonly reason: string | null; readonly at: Date },
  ): Promise<AgentApproval | null>
  /** Gives the right to carry out an approved call, once; of concurrent callers one gets it. */
  take(tenantId: Id<'ten'>, id: Id<'apv'>, at: Date): Promise<boolean>
  /** Nobody is to decide what is pending of a run. */
  withdraw(tenantId: Id<'ten'>, runId: AgentRunId, at: Date): Promise<void>
  /** Those of every tenant that are pending at their time are expired. Returns how many. */
  expire(now: Date, limit: number): Promise<number>
}
