import type { DomainEvent, Id, PageRequest } from '@corbel/core/ports'
import type { SignUpInviteId, SignUpInviteStatus } from '../sign-up-invites/sign-up-invite.ts'
import type { SignUpRequestId } from '../sign-up-requests/sign-up-request.ts'

/** An invitation to register. */
export interface SignUpInviteRecord {
  readonly id: SignUpInviteId
  /** The one address that it is for, which nobody registers without it; null when it is for any. */
  readonly email: string | null
  readonly note: string | null
  readonly maxRedemptions: number
  readonly redemptions: number
  /** The request that it answers. */
  readonly requestId: SignUpRequestId | null
  readonly createdBy: Id<'usr'> | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | null
}

export interface SignUpInviteQuery {
  readonly status?: SignUpInviteStatus | undefined
  readonly email?: string | undefined
}

/** An invitation is open until it is revoked, has expired or was redeemed as often as it may be. */
export interface SignUpInviteRepository {
  /**
   * Stores an invitation and records the events, in one statement. False when another open one is for the same address: of
   * concurrent callers with one address, one stores.
   *
   * @param digest - Of the token.
   */
  insert(invite: SignUpInviteRecord, digest: string, events: readonly DomainEvent[]): Promise<boolean>
  find(id: SignUpInviteId): Promise<SignUpInviteRecord | null>
  /** The open invitation with this token, if it is for this address or for any. */
  findOpen(digest: string, email: string, now: Date): Promise<SignUpInviteRecord | null>
  /** The open invitation that is for this address alone. */
  findReserving(email: string, now: Date): Promise<SignUpInviteId | null>
  /**
   * Redeems the invitation that {@link findOpen} would give, in one statement. Of concurrent callers no more get its id than may
   * redeem it; the others get null. In a transaction that fails it is as if it had not been redeemed.
   */
  redeem(digest: string, email: string, now: Date): Promise<SignUpInviteId | null>
  /** Newest first. */
  list(query: SignUpInviteQuery, now: Date, page: PageRequest): Promise<readonly SignUpInviteRecord[]>
  /** Ends an open invitation and records the events, in one statement. Of concurrent callers one gets true. */
  revoke(id: SignUpInviteId, now: Date, events: readonly DomainEvent[]): Promise<boolean>
  /** Forgets those that were revoked or have expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
