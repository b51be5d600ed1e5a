import type { InvitationService, MembershipService, TenantService } from '@corbel/core/tenant'

/** The part of tenancy that auth relies on. */
export type TenantDirectory = Pick<TenantService, 'create' | 'draft' | 'get' | 'requireOtherOwner'>

/** How users become members. */
export interface TeamDirectory {
  readonly memberships: Pick<MembershipService, 'add' | 'join'>
  readonly invitations: Pick<InvitationService, 'find' | 'redeem'>
}
