import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Membership, Role } from '../memberships/membership.ts'

export interface MembershipRepository {
  /**
   * Adds a user to a tenant. Of concurrent callers for one user, one succeeds.
   *
   * @throws `tenant/already-member` when the user has a membership there.
   */
  insert(membership: Membership): Promise<void>
  find(tenantId: Id<'ten'>, userId: Id<'usr'>): Promise<Membership | null>
  /**
   * Gives a member a role, or the custom role in it, and returns the membership as it is now; null when there is none. However callers interleave, a
   * tenant that had an owner keeps one.
   *
   * @throws `tenant/last-owner` when the tenant would be left without an owner.
   */
  changeRole(
    tenantId: Id<'ten'>,
    userId: Id<'usr'>,
    role: Role,
    customRole?: Membership['customRole'],
  ): Promise<Membership | null>
  /**
   * Removes a member. Of concurrent callers one gets true; false when there is no such member. However callers interleave, a tenant
   * that had an owner keeps one.
   *
   * @throws `tenant/last-owner` when the tenant would be left without an owner.
   */
  remove(tenantId: Id<'ten'>, userId: Id<'usr'>): Promise<boolean>
  /**
   * Makes one member an owner, without a custom role, and the owner `from` an admin, and returns the membership of the new owner. Null, and nothing changes,
   * when `from` is not an owner, `to` is not another member. Of concurrent callers with one `from`, one succeeds.
   */
  transferOwnership(tenantId: Id<'ten'>, from: Id<'usr'>, to: Id<'usr'>): Promise<Membership | null>
  /** Memberships of a user in all tenants, by ascending tenant id. */
  listOfUser(userId: Id<'usr'>): Promise<readonly Membership[]>
  /**
   * Tenants of which the user is the only owner, by ascending id. In a transaction, nobody takes an owner away from any tenant of
   * theirs until it ends: of owners who leave at the same time, the last one finds themselves here.
   */
  listSoleOwned(userId: Id<'usr'>): Promise<readonly Id<'ten'>[]>
  /** Ends every membership of a user; returns the tenants. */
  removeUser(userId: Id<'usr'>): Promise<readonly Id<'ten'>[]>
  /** Members of one tenant by ascending user id, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  listOfTenant(tenantId: Id<'ten'>, page: PageRequest): Promise<readonly Membership[]>
}
