import type { Id } from '@corbel/core'
import type { Attachment } from '../files/attachment.ts'
import type { AgentRunId, ConversationId, NewConversationItem } from './conversation-items.ts'

/** `waiting`: for a person to approve. The last four are final; `expired`: nobody did in time. */
export type AgentRunStatus =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'expired'

export interface NewAgentRun {
  readonly tenantId: Id<'ten'>
  readonly id: AgentRunId
  readonly conversationId: ConversationId
  /** Whom it works for. */
  readonly userId: Id<'usr'>
  readonly scopes: readonly string[]
  /** The agent that begins. */
  readonly agent: string
  readonly message: string
  /** The files that go with the message. */
  readonly attachments: readonly Attachment[]
  /** Names the message for its sender; once in a conversation. */
  readonly clientMessageId: string
  readonly createdAt: Date
}

export interface AgentRunRecord extends NewAgentRun {
  readonly status: AgentRunStatus
  /** Somebody asked it to end. */
  readonly cancelling: boolean
  /** When it ends so, what it said and did is taken out of the conversation, its message included. */
  readonly discarding: boolean
  /** How often it has waited for approvals. */
  readonly pauses: number
  /** How many processes have worked on it. */
  readonly attempts: number
  readonly errorCode: string | null
  readonly endedAt: Date | null
}

/** The right to work on a run, until a time. */
export interface RunLease {
  readonly owner: string
  readonly until: Date
}

export type BegunRun =
  /** It is at work, or it waits for its turn. */
  | { readonly outcome: 'running' | 'queued'; readonly run: AgentRunRecord }
  /** The message was sent before: this is its run. */
  | { readonly outcome: 'repeated'; readonly run: AgentRunRecord }
  /** Another run is at work, and this one may not wait. Nothing was stored. */
  | { readonly outcome: 'busy' }
  /** There is no such conversation in which the user may speak. Nothing was stored. */
  | { readonly outcome: 'closed' }

export interface AgentRunEnd {
  readonly status: 'completed' | 'failed' | 'cancelled' | 'expired'
  readonly errorCode: string | null
  readonly endedAt: Date
}

/** Of a conversation at most one run is running or waiting at any time; the others wait in the order of their ids. */
export interface AgentRunRepository {
  /**
   * Of concurrent callers for one idle conversation one is running; of those with one client message id one is not repeated. What is
   * said is added to the conversation with the run that is running, under its client message id, unless it stands there already.
   */
  begin(
    run: NewAgentRun,
    lease: RunLease,
    mayWait: boolean,
    said: Pick<NewConversationItem, 'id' | 'content'>,
  ): Promise<BegunRun>
  find(tenantId: Id<'ten'>, id: AgentRunId): Promise<AgentRunRecord | null>
  /** The run that is running or waiting. */
  findActive(tenantId: Id<'ten'>, conversationId: ConversationId): Promise<AgentRunRecord | null>
  /** Prolongs a lease. `lost` when the run is another's, or no longer running. */
  renew(tenantId: Id<'ten'>, id: AgentRunId, lease: RunLease): Promise<'held' | 'cancelling' | 'lost'>
  /** Notes which agent goes on, while the owner holds the run. */
  handOver(tenantId: Id<'ten'>, id: AgentRunId, owner: string, agent: string): Promise<boolean>
  /** Ends a running run of this owner, once, and says whether another waits for its turn. Null when it is not, or no longer, theirs. */
  end(
    tenantId: Id<'ten'>,
    id: AgentRunId,
    owner: string,
    end: AgentRunEnd,
  ): Promise<{ readonly isNextWaiting: boolean } | null>
  /** Lets a running run of this owner wait for approvals; not one that was asked to end. */
  pause(tenantId: Id<'ten'>, id: AgentRunId, owner: string): Promise<boolean>
  /**
   * Notes the scopes with which a run that is running or waiting goes on. In a transaction, whoever else notes some waits until it
   * has ended: of two who decide the last approvals at once, the later sees both.
   */
  rescope(tenantId: Id<'ten'>, id: AgentRunId, scopes: readonly string[]): Promise<boolean>
  /** Starts a waiting run again when no approval of it is pending; otherwise null. Of concurrent callers one gets it. */
  resume(tenantId: Id<'ten'>, id: AgentRunId, lease: RunLease): Promise<AgentRunRecord | null>
  /** Asks a run to end. One that is queued has ended with that; one that waits goes on waiting. Null when there is none that could. */
  cancel(
    tenantId: Id<'ten'>,
    id: AgentRunId,
    change: { readonly discarding: boolean; readonly at: Date },
  ): Promise<AgentRunRecord | null>
  /** Starts the run that has waited longest, when none is active. Of concurrent callers one gets it. */
  next(tenantId: Id<'ten'>, conversationId: ConversationId, lease: RunLease): Promise<AgentRunRecord | null>
  /**
   * Takes over runs of every tenant whose lease ended before `now`, and those that wait although no approval is pending. Of concurrent callers
   * each goes to one.
   */
  adopt(now: Date, lease: RunLease, limit: number): Promise<readonly AgentRunRecord[]>
  /** Conversations of every tenant in which a run waits although none is active. */
  listStalled(limit: number): Promise<readonly Pick<AgentRunRecord, 'tenantId' | 'conversationId'>[]>
}
