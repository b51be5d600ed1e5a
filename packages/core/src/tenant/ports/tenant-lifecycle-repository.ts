import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { FeatureOverrides } from '../features/features.ts'
import type { PlatformTenant, StatusNote, TenantStatus } from '../lifecycle/lifecycle.ts'
import type { TenantId } from '../tenants/tenant.ts'

export interface StatusTransition {
  readonly to: TenantStatus
  readonly from: readonly TenantStatus[]
  /** Null for what happens by itself. */
  readonly reason: string | null
  readonly now: Date
}

/** The states of tenants, for those who run the platform. */
export interface TenantLifecycleRepository {
  find(id: TenantId): Promise<PlatformTenant | null>
  /** Tenants that all of the filter fits, newest id first, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  list(
    filter: { readonly status?: TenantStatus | undefined; readonly q?: string | undefined },
    page: PageRequest,
  ): Promise<readonly PlatformTenant[]>
  /** Changes the state if it is one of `from`. Of concurrent callers one gets the tenant as it is now; null when it is in another state, or there is none. */
  change(id: TenantId, transition: StatusTransition): Promise<PlatformTenant | null>
  /** Tenants whose state changed at or after `since`; for null, all that are not active. */
  listChangedSince(since: Date | null): Promise<readonly StatusNote[]>
  /** What operators set for a tenant; null when there is none. */
  findFeatures(id: TenantId): Promise<FeatureOverrides['features'] | null>
  /** Changes these keys, null takes one away, and returns all; null when there is no such tenant. */
  changeFeatures(
    id: TenantId,
    change: Readonly<Record<string, boolean | number | null>>,
  ): Promise<FeatureOverrides['features'] | null>
  /**
   * Deletes every row of a tenant in the tables of every module, and keeps of the tenant itself its id and its state. The audit trail
   * stays, for it proves the erasure. Returns how many rows of which table went; null, and nothing changes, when the tenant is not
   * deprovisioned or was erased before. To be called in a transaction.
   */
  erase(id: Id<'ten'>, now: Date): Promise<Readonly<Record<string, number>> | null>
}
