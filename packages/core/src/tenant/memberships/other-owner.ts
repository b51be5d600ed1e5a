import type { Id } from '../../kernel/id.ts'
import type { MembershipRepository } from '../ports/membership-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'

/** @throws `tenant/last-owner` when a tenant would be left without an owner if this user went. */
export async function requireOtherOwner(
  memberships: Pick<MembershipRepository, 'listSoleOwned'>,
  userId: Id<'usr'>,
): Promise<void> {
  const soleOwned = await memberships.listSoleOwned(userId)
  if (soleOwned.length > 0)
    throw TenantErrors.lastOwner({ detail: `You are the only owner of ${soleOwned.join(', ')}.` })
}
