import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { InvitationId } from '../invitations/invitation.ts'
import type { RoleId } from '../roles/custom-role.ts'
import type { Role } from '../memberships/membership.ts'

/** An invitation as stored; that it has expired is a matter of the time of asking. */
export interface InvitationRecord {
  readonly id: InvitationId
  readonly tenantId: Id<'ten'>
  readonly email: string
  readonly role: Role
  /** The custom role that it gives; what that is, is looked up when it is accepted. */
  readonly roleId: RoleId | null
  readonly status: 'pending' | 'accepted' | 'revoked'
  /** How often a token was made for it: the newest one works. */
  readonly generation: number
  readonly createdBy: Id<'usr'> | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly acceptedBy: Id<'usr'> | null
}

export interface InvitationRepository {
  /**
   * Stores a pending invitation with the digest of its token. It takes the place of an expired one for the address. Of concurrent
   * callers for one address in a tenant, one succeeds.
   *
   * @throws `tenant/invitation-pending` when one for this address is pending and has not expired at `createdAt`.
   */
  insert(invitation: InvitationRecord, digest: string): Promise<void>
  find(tenantId: Id<'ten'>, id: InvitationId): Promise<InvitationRecord | null>
  /** Newest id first, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  list(tenantId: Id<'ten'>, page: PageRequest): Promise<readonly InvitationRecord[]>
  /**
   * Puts the digest of a new token in place of the one of generation `expected` and sets a new end, expired or not. Of concurrent
   * callers one gets the invitation; null when it is not pending or of another generation.
   */
  renew(
    tenantId: Id<'ten'>,
    id: InvitationId,
    renewal: { readonly expected: number; readonly digest: string; readonly expiresAt: Date },
  ): Promise<InvitationRecord | null>
  /** Of concurrent callers one gets true; false when there is no such pending invitation. */
  revoke(tenantId: Id<'ten'>, id: InvitationId): Promise<boolean>
  /** The pending invitation with this digest that has not expired, whatever its tenant; null when there is none. */
  findOpen(digest: string, now: Date): Promise<InvitationRecord | null>
  /**
   * Marks the pending invitation with this digest as accepted, if it is for this address and has not expired, whatever its tenant. Of
   * concurrent callers one gets it; null when there is none.
   */
  redeem(
    digest: string,
    by: { readonly userId: Id<'usr'>; readonly email: string; readonly now: Date },
  ): Promise<InvitationRecord | null>
  /** Forgets invitations that ended, or would have, before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
