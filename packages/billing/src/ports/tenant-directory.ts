import type { MembershipService, TenantService } from '@corbel/core/tenant'

/** The part of tenancy that billing relies on: whom it bills, and for how many. */
export interface TenantDirectory {
  readonly tenants: Pick<TenantService, 'get'>
  readonly memberships: Pick<MembershipService, 'list'>
}
