import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Membership } from '../memberships/membership.ts'

export interface MembershipRepository {
  /**
   * Adds a user to a tenant. Of concurrent callers for one user, one succeeds.
   *
   * @throws `tenant/already-member` when the user has a membership there.
   */
  insert(membership: Membership): Promise<void>
  /** Members of one tenant by ascending user id, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  listOfTenant(tenantId: Id<'ten'>, page: PageRequest): Promise<readonly Membership[]>
}
