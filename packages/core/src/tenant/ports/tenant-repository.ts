import type { TenantStatus } from '../lifecycle/lifecycle.ts'
import type { Tenant, TenantId } from '../tenants/tenant.ts'

export interface TenantCounts {
  readonly members: number
  /** Those that are pending and have not expired. */
  readonly invitations: number
  readonly webhooks: number
}

export interface TenantRepository {
  /**
   * Stores a tenant, active unless said otherwise. Of concurrent callers with one slug, one succeeds.
   *
   * @throws `tenant/slug-taken` when the slug is in use.
   */
  insert(tenant: Tenant, status?: TenantStatus): Promise<void>
  find(id: TenantId): Promise<Tenant | null>
  /** Changes the name and returns the tenant as it is now; null when there is none. */
  rename(id: TenantId, name: string): Promise<Tenant | null>
  /** How much of each there is now; of an unknown tenant, none. */
  count(id: TenantId, now: Date): Promise<TenantCounts>
}
