import type { Id, PageRequest } from '@corbel/core/ports'
import type { SignUpInviteId } from '../sign-up-invites/sign-up-invite.ts'
import type { SignUpRequestId, SignUpRequestStatus } from '../sign-up-requests/sign-up-request.ts'

/** Somebody who asks to be let in. */
export interface SignUpRequestRecord {
  readonly id: SignUpRequestId
  readonly email: string
  readonly name: string | null
  readonly organization: string | null
  readonly message: string | null
  readonly status: SignUpRequestStatus
  readonly reason: string | null
  readonly ipPrefix: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly decidedAt: Date | null
  readonly decidedBy: Id<'usr'> | null
  /** The invitation with which it was approved. */
  readonly inviteId: SignUpInviteId | null
}

export interface SignUpDecision {
  readonly status: Exclude<SignUpRequestStatus, 'pending'>
  readonly at: Date
  readonly by: Id<'usr'>
  readonly reason: string | null
  readonly inviteId: SignUpInviteId | null
}

export interface PendingLimit {
  /** Digest of the caller's address; null when it is not known, and then nothing limits. */
  readonly client: string | null
  /** Pending requests of one caller; 0 means any number. */
  readonly most: number
}

export interface SignUpRequestRepository {
  /**
   * Stores a request, unless its address has one that is pending, an account, or an open invitation, or the caller has as many
   * pending ones as allowed. To be called within a transaction: there neither limit can be outrun by concurrent callers. What it
   * costs does not depend on the outcome.
   */
  submit(request: SignUpRequestRecord, limit: PendingLimit): Promise<boolean>
  find(id: SignUpRequestId): Promise<SignUpRequestRecord | null>
  /** Newest first. */
  list(
    query: { readonly status?: SignUpRequestStatus | undefined },
    page: PageRequest,
  ): Promise<readonly SignUpRequestRecord[]>
  /** Decides a pending request, in one statement. Of concurrent callers one gets true. */
  decide(id: SignUpRequestId, decision: SignUpDecision): Promise<boolean>
  /** Forgets those that were decided before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
