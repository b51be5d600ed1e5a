import type { Id } from '@corbel/core'
import type { GatewayOperation } from '../gateway/gateway-operations.ts'

/** Of the commands of a tenant in one lane, one is under way. */
export type CommandLane = 'customer' | 'subscription' | 'checkout'

/** Something the gateway is to do, recorded before it is told. */
export interface CommandDraft {
  readonly id: Id<'cmd'>
  readonly tenantId: Id<'ten'>
  /** Null for what gets in nobody's way. */
  readonly lane: CommandLane | null
  readonly operation: GatewayOperation
  /** JSON without secrets. */
  readonly input: unknown
  /** What the gateway knows it by, for ever. */
  readonly key: string
  readonly recordedAt: Date
}

export type CommandStatus = 'pending' | 'done' | 'failed'

export interface Command extends CommandDraft {
  readonly status: CommandStatus
  /** Times that it was claimed. */
  readonly attempts: number
  /** The id of what came of it, without anything that is secret. */
  readonly resultId: string | null
  readonly note: string | null
  readonly endedAt: Date | null
}

/** What proves that a command is the caller's; lost when the lease runs out and somebody else claims it. */
export interface CommandClaim {
  readonly tenantId: Id<'ten'>
  readonly id: Id<'cmd'>
  readonly receipt: string
}

export type ClaimedCommand = Command & CommandClaim

export interface CommandLease {
  readonly now: Date
  readonly leaseMs: number
}

/** What the gateway was told, is being told and will be told: nothing leaves that is not in here. */
export interface CommandRepository {
  /**
   * Records a command, claimed by the caller. Null, and no effect, while another of the tenant is pending in its lane; of concurrent
   * callers one gets it.
   */
  insert(draft: CommandDraft, lease: CommandLease): Promise<ClaimedCommand | null>
  /** The pending command of a lane, whoever has it. */
  findOpen(tenantId: Id<'ten'>, lane: CommandLane): Promise<Command | null>
  /** Takes a pending command over, due or not. Of concurrent callers one gets it; null while a lease of another lasts, or when it has ended. */
  claim(tenantId: Id<'ten'>, id: Id<'cmd'>, lease: CommandLease): Promise<ClaimedCommand | null>
  /** Takes up to `limit` commands that are due, longest due first: those put off whose time has come, and those whose lease ran out. Of concurrent callers each goes to one. */
  claimDue(lease: CommandLease & { readonly limit: number }): Promise<readonly ClaimedCommand[]>
  /** Ends a command. False, and no effect, once the claim is lost. */
  settle(
    claim: CommandClaim,
    ending: {
      readonly status: 'done' | 'failed'
      readonly resultId: string | null
      readonly note: string | null
    },
    now: Date,
  ): Promise<boolean>
  /** Ends the attempt: free at once, due at `retryAt`. False, and no effect, once the claim is lost. */
  defer(claim: CommandClaim, failure: { readonly retryAt: Date; readonly note: string }): Promise<boolean>
  /** The one recorded last of those done. */
  findLast(tenantId: Id<'ten'>, operation: GatewayOperation): Promise<Command | null>
  /** Forgets commands that ended before; returns how many. */
  purge(endedBefore: Date): Promise<number>
}
