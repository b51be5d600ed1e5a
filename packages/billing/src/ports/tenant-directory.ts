import type {
  FeatureService,
  MembershipService,
  TenantService,
  TenantSettingsService,
} from '@corbel/core/tenant'

/** The part of tenancy that billing relies on: whom it bills, for how many, and what operators have granted by hand. */
export interface TenantDirectory {
  readonly tenants: Pick<TenantService, 'get'>
  readonly memberships: Pick<MembershipService, 'list'>
  readonly features: Pick<FeatureService, 'overridesOf'>
  /** Whom to tell of payments. */
  readonly settings: Pick<TenantSettingsService, 'get'>
}
